using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Zeroed memory outside the collector's reach, aligned so that no vector load straddles two cache lines.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint CacheLine = 64;

    public NativeBuffer(long length)
    {
        Length = length;
        var bytes = checked((nuint)Math.Max(1, length) * (nuint)sizeof(T));
        Pointer = (T*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(Pointer, bytes);
    }

    ~NativeBuffer() => Free();

    public T* Pointer { get; private set; }

    public long Length { get; }

    public ref T this[long index] => ref Pointer[index];

    /// <summary>All of it; a buffer longer than a span can be is an <see cref="OverflowException"/>.</summary>
    public Span<T> AsSpan() => new(Pointer, checked((int)Length));

    public Span<T> Span(long start, int length) => new(Pointer + start, length);

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
