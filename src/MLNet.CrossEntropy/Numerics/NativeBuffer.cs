using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Zeroed memory outside the collector's reach, aligned so that no vector load straddles two cache lines.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint CacheLine = 64;

    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        Pointer = (T*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(1, length) * (nuint)sizeof(T)), CacheLine);
        Clear();
    }

    ~NativeBuffer() => Free();

    public T* Pointer { get; private set; }

    public long Length { get; }

    public ref T this[long index]
    {
        get
        {
            Debug.Assert((ulong)index < (ulong)Length);
            return ref Pointer[index];
        }
    }

    /// <summary>All of it; a buffer longer than a span can be is an <see cref="OverflowException"/>.</summary>
    public Span<T> AsSpan() => new(Pointer, checked((int)Length));

    /// <summary>Sets all of it to zero, however long it is.</summary>
    public void Clear() => NativeMemory.Clear(Pointer, (nuint)Length * (nuint)sizeof(T));

    /// <summary>A part of it; anything else is an <see cref="ArgumentOutOfRangeException"/>.</summary>
    public Span<T> Span(long start, int length)
    {
        if (start < 0 || length < 0 || start > Length - length)
            throw new ArgumentOutOfRangeException(nameof(start), $"A buffer of {Length} has no {length} elements from {start} on.");
        return new(Pointer + start, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
