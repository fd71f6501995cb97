using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>How the text of a field becomes a value. An empty field has its type's default value.</summary>
internal sealed class TextNumbers(bool commaDecimal, bool emptyIsNaN)
{
    private static readonly NumberFormatInfo CommaDecimal = new() { NumberDecimalSeparator = "," };

    internal delegate bool Parser<T>(ReadOnlySpan<char> text, out T value);

    /// <summary>Whether an empty field of that type has to be parsed to know its value.</summary>
    internal bool EmptyMatters(PrimitiveDataViewType type) => emptyIsNaN && type is NumberDataViewType && (type.RawType == typeof(float) || type.RawType == typeof(double));

    /// <summary>The parser of a column's items; false means that the text is no such value, which is then missing if the type knows missing values.</summary>
    internal Delegate ParserOf(PrimitiveDataViewType type)
    {
        if (type is KeyDataViewType key)
            return Getters.Invoke<Delegate>(KeyParser<int>, key.RawType, key.Count);
        return DataKinds.KindOf(type.RawType) switch
        {
            DataKind.Single => (Parser<float>)TryParseSingle,
            DataKind.Double => (Parser<double>)TryParseDouble,
            DataKind.Boolean => (Parser<bool>)TryParseBoolean,
            DataKind.SByte => IntegerParser<sbyte>(),
            DataKind.Int16 => IntegerParser<short>(),
            DataKind.Int32 => IntegerParser<int>(),
            DataKind.Int64 => IntegerParser<long>(),
            DataKind.Byte => IntegerParser<byte>(),
            DataKind.UInt16 => IntegerParser<ushort>(),
            DataKind.UInt32 => IntegerParser<uint>(),
            DataKind.UInt64 => IntegerParser<ulong>(),
            _ => throw new NotSupportedException($"The embedded ML.NET host does not read {type} columns from text."),
        };
    }

    private static Parser<T> IntegerParser<T>()
        where T : struct, ISpanParsable<T>
        => (ReadOnlySpan<char> text, out T value) =>
        {
            value = default;
            return text.IsEmpty || (!text.Contains('+') && T.TryParse(text, NumberFormatInfo.InvariantInfo, out value));
        };

    /// <summary>In a file a key is zero-based; raw values are one-based and 0 is missing.</summary>
    private static Parser<T> KeyParser<T>(ulong count) => (ReadOnlySpan<char> text, out T value) =>
    {
        bool missing = text.IsEmpty || IsMissing(text);
        bool valid = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong given) && given < count;
        value = (T)Convert.ChangeType(valid ? given + 1 : 0, typeof(T), CultureInfo.InvariantCulture);
        return missing || valid;
    };

    private static bool IsMissing(ReadOnlySpan<char> text)
        => text is "?" || text.Equals("nan", StringComparison.OrdinalIgnoreCase)
        || text.Equals("na", StringComparison.OrdinalIgnoreCase) || text.Equals("n/a", StringComparison.OrdinalIgnoreCase);

    private static bool TryParseBoolean(ReadOnlySpan<char> text, out bool value)
    {
        Span<char> lower = stackalloc char[5];
        int length = text.Length <= lower.Length ? text.ToLowerInvariant(lower) : -1;
        ReadOnlySpan<char> word = length < 0 ? "?" : lower[..length];
        value = word is "t" or "y" or "1" or "+" or "+1" or "yes" or "true";
        return value || word is "" or "f" or "n" or "0" or "-" or "-1" or "no" or "false";
    }

    private bool TryParseSingle(ReadOnlySpan<char> text, out float value)
    {
        bool parsed = TryParseReal(text, out value);
        if (!parsed)
            value = float.NaN;
        return parsed;
    }

    private bool TryParseDouble(ReadOnlySpan<char> text, out double value)
    {
        bool parsed = TryParseReal(text, out value);
        if (!parsed)
            value = double.NaN;
        return parsed;
    }

    private bool TryParseReal<T>(ReadOnlySpan<char> text, out T value)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        ReadOnlySpan<char> trimmed = text.Trim();
        if (trimmed.IsEmpty)
        {
            value = emptyIsNaN ? T.NaN : T.Zero;
            return true;
        }
        if (T.TryParse(trimmed, NumberStyles.Float, commaDecimal ? CommaDecimal : NumberFormatInfo.InvariantInfo, out value))
            return true;
        value = T.NaN;
        return IsMissing(trimmed);
    }
}
