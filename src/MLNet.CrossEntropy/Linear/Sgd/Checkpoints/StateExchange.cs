using System.Runtime.InteropServices;
using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Hands the state of a fit to a stream or back: whoever has state names each part once, in a fixed order, and the same lines
/// write it and read it, so that the two cannot come apart.
/// </summary>
internal sealed class StateExchange(Stream stream, bool isReading)
{
    // Spans of bytes have an int for their length, which large buffers of floats exceed.
    private const int Piece = 1 << 20;

    /// <summary>Whether state comes from the stream; else it goes there.</summary>
    public bool IsReading { get; } = isReading;

    /// <summary>A single value.</summary>
    public void Value<T>(ref T value)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>Values whose number is known on both sides.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them.</exception>
    public void Values<T>(Span<T> values)
        where T : unmanaged
    {
        Length(values.Length);
        for (var from = 0; from < values.Length; from += Piece)
            Bytes(MemoryMarshal.AsBytes(values.Slice(from, Math.Min(Piece, values.Length - from))));
    }

    /// <summary>Values whose number is known on both sides.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them.</exception>
    public void Values<T>(NativeBuffer<T> values)
        where T : unmanaged
    {
        Length(values.Length);
        for (long from = 0; from < values.Length; from += Piece)
            Bytes(MemoryMarshal.AsBytes(values.Span(from, (int)Math.Min(Piece, values.Length - from))));
    }

    /// <summary>A text.</summary>
    public void Text(ref string text)
    {
        var bytes = IsReading ? [] : Encoding.UTF8.GetBytes(text);
        var length = bytes.Length;
        Value(ref length);
        if (IsReading)
            bytes = new byte[length];
        Bytes(bytes);
        text = Encoding.UTF8.GetString(bytes);
    }

    private void Length(long expected)
    {
        var length = expected;
        Value(ref length);
        if (length != expected)
            throw new InvalidDataException($"There are {length} values where {expected} belong.");
    }

    private void Bytes(Span<byte> bytes)
    {
        if (IsReading)
            stream.ReadExactly(bytes);
        else
            stream.Write(bytes);
    }
}
