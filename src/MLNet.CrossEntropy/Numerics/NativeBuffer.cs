using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Zeroed memory outside the collector's reach, aligned so that no vector load straddles two cache lines.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint CacheLine = 64;

    private T* _pointer;

    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _pointer = (T*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(1, length) * (nuint)sizeof(T)), CacheLine);
        Clear();
    }

    ~NativeBuffer() => Free();

    /// <summary>How many elements it has; 0 when it has been disposed.</summary>
    public long Length { get; private set; }

    public ref T this[long index]
    {
        get
        {
            Debug.Assert((ulong)index < (ulong)Length);
            return ref _pointer[index];
        }
    }

    /// <summary>All of it; a buffer longer than a span can be is an <see cref="OverflowException"/>.</summary>
    public Span<T> AsSpan() => new(_pointer, checked((int)Length));

    /// <summary>Sets all of it to zero, however long it is.</summary>
    public void Clear() => NativeMemory.Clear(_pointer, (nuint)Length * (nuint)sizeof(T));

    /// <summary>A part of it; anything else is an <see cref="ArgumentOutOfRangeException"/>.</summary>
    public Span<T> Span(long start, int length) => new(At(start, length), length);

    /// <summary>
    /// The same for a kernel, which may go from there to <paramref name="length"/> elements on: this is the one check of it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* At(long start, long length)
    {
        if (start < 0 || length < 0 || start > Length - length)
            ThrowNoPart(start, length);
        return _pointer + start;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [DoesNotReturn]
    private void ThrowNoPart(long start, long length) =>
        throw new ArgumentOutOfRangeException(nameof(start), $"A buffer of {Length} has no {length} elements from {start} on.");

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        Length = 0;
    }
}
