using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Hands the state of a fit, or the sums of an evaluation, to a stream or back: whoever has state names each part once, in a fixed order,
/// and the same lines write it and read it, so that the two cannot come apart. A file that anybody may have written is believed nothing:
/// every part says what it can be, and is refused otherwise, before anything is made of it. What another rank sends is raw.
/// </summary>
/// <param name="stream">Where the state comes from, or goes to.</param>
/// <param name="bytes">Of a state that is read, how many bytes it has; null writes one.</param>
internal sealed class StateStream(Stream stream, long? bytes = null)
{
    // Spans of bytes have an int for their length, which large buffers of floats exceed.
    private const int Piece = 1 << 20;

    // The identity of a fit with the longest of lists has some hundred kilobytes.
    private const int LongestText = 1 << 24;

    /// <summary>Whether state comes from the stream; else it goes there.</summary>
    public bool IsReading => bytes is not null;

    /// <summary>The bytes that are left to be read.</summary>
    public long Left { get; private set; } = bytes ?? 0;

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    /// <exception cref="InvalidDataException">It is another, or NaN.</exception>
    public void Value<T>(ref T value, T least, T most, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : unmanaged, INumber<T>
    {
        var found = value;
        Raw(ref found);
        if (!(found >= least && found <= most))
            throw new InvalidDataException(FormattableString.Invariant(
                $"its {name.Replace("ref ", "", StringComparison.Ordinal).TrimStart('_')} is {found}, where {least} to {most} can be"));
        value = found;
    }

    /// <summary>Yes or no.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public void Value(ref bool value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        var flag = value ? 1 : 0;
        Value(ref flag, 0, 1, name);
        value = flag == 1;
    }

    /// <summary>A number that may be any, NaN included; or several together.</summary>
    public void Raw<T>(ref T value)
        where T : unmanaged => Raw(new Span<T>(ref value));

    /// <summary>Numbers that may be any, as many as there are on the other side.</summary>
    public void Raw<T>(Span<T> values)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(values));

    /// <summary>Finite numbers, as many as there are on the other side.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them, or one is not finite.</exception>
    public void Values<T>(Span<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Length(values.Length);
        for (var from = 0; from < values.Length; from += Piece)
            Finite(values.Slice(from, Math.Min(Piece, values.Length - from)));
    }

    /// <summary>Finite numbers, as many as there are on the other side.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them, or one is not finite.</exception>
    public void Values<T>(NativeBuffer<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Length(values.Length);
        for (long from = 0; from < values.Length; from += Piece)
            Finite(values.Span(from, (int)Math.Min(Piece, values.Length - from)));
    }

    /// <summary>A text.</summary>
    /// <exception cref="InvalidDataException">It is longer than any can be, or than what is left.</exception>
    public void Text(ref string text)
    {
        var encoded = IsReading ? [] : Encoding.UTF8.GetBytes(text);
        var length = encoded.Length;
        Value(ref length, 0, IsReading ? (int)Math.Min(LongestText, Left) : LongestText);
        if (IsReading)
            encoded = new byte[length];
        Bytes(encoded);
        text = Encoding.UTF8.GetString(encoded);
    }

    /// <summary>A text, or none.</summary>
    public void Optional(ref string? text)
    {
        var isThere = text is not null;
        Value(ref isThere);
        var found = text ?? "";
        if (isThere)
            Text(ref found);
        text = isThere ? found : null;
    }

    private void Length(long expected)
    {
        var length = expected;
        Raw(ref length);
        if (length != expected)
            throw new InvalidDataException($"it has {length} values where {expected} belong");
    }

    private void Finite<T>(Span<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Bytes(MemoryMarshal.AsBytes(values));
        if (!SpanMath.AreFinite<T>(values))
            throw new InvalidDataException("a number in it is not finite");
    }

    private void Bytes(Span<byte> values)
    {
        if (!IsReading)
        {
            stream.Write(values);
            return;
        }

        if (values.Length > Left)
            throw new InvalidDataException($"it ends where {values.Length} more bytes of the state of this fit belong");
        stream.ReadExactly(values);
        Left -= values.Length;
    }
}
