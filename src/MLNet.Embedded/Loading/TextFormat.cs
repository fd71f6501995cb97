namespace Microsoft.ML.Data;

/// <summary>How lines are told apart and split into fields; the checked part of <see cref="TextLoader.Options"/>.</summary>
internal sealed class TextFormat
{
    internal TextFormat(TextLoader.Options options)
    {
        Separators = [.. options.Separators.Distinct()];
        Check.Param(Separators.Length > 0, nameof(options.Separators), "empty", "must name at least one separator");
        char illegal = Separators.FirstOrDefault(separator => (separator < ' ' && separator != '\t') || char.IsAsciiDigit(separator) || separator == '"');
        Check.Param(illegal == default, nameof(options.Separators), $"'{illegal}'", "must not hold control characters, digits or quotes");
        Check.Param(!options.AllowSparse || !Separators.Contains(':'), nameof(options.AllowSparse), true, "must be off when the separator is a colon");
        Check.Param(options.DecimalMarker is '.' or ',', nameof(options.DecimalMarker), options.DecimalMarker, "must be '.' or ','");
        Check.Param(options.AllowQuoting || options.DecimalMarker != ',' || !Separators.Contains(','), nameof(options.AllowQuoting), false, "must be on if both the decimal marker and the separator are ','");
        Check.Param(!Separators.Contains(options.EscapeChar), nameof(options.EscapeChar), options.EscapeChar, "must not be a separator");
        Check.Param(options.InputSize is null or >= 0, nameof(options.InputSize), options.InputSize, "must be at least 0");
        Check.Param(options.MaxRows is null or >= 0, nameof(options.MaxRows), options.MaxRows, "must be at least 0");
        AllowQuoting = options.AllowQuoting;
        AllowSparse = options.AllowSparse;
        TrimWhitespace = options.TrimWhitespace;
        HasHeader = options.HasHeader;
        ReadMultilines = options.AllowQuoting && options.ReadMultilines;
        EscapeChar = options.EscapeChar;
        InputSize = options.InputSize ?? 0;
        MaxRows = options.MaxRows ?? long.MaxValue;
        Numbers = new TextNumbers(options.DecimalMarker == ',', options.MissingRealsAsNaNs);
    }

    internal char[] Separators { get; }

    internal bool AllowQuoting { get; }

    internal bool AllowSparse { get; }

    internal bool TrimWhitespace { get; }

    internal bool HasHeader { get; }

    internal bool ReadMultilines { get; }

    internal char EscapeChar { get; }

    /// <summary>The number of fields of a line; 0 when unknown.</summary>
    internal int InputSize { get; }

    internal long MaxRows { get; }

    internal TextNumbers Numbers { get; }

    internal bool IsSeparator(char c) => Array.IndexOf(Separators, c) >= 0;

    /// <summary>The header (null without one), then the data lines of a file; comments and blank lines are left out.</summary>
    internal IEnumerable<(long Number, string Text)> Lines(TextReader reader)
    {
        long number = 0;
        bool begun = false;
        while (ReadLine(reader, ref number) is string text)
        {
            // Lines that start with # are comments only at the top of the file.
            if (text.Length == 0 || text.StartsWith("//", StringComparison.Ordinal) || (!begun && text[0] == '#'))
                continue;
            if (!begun && !HasHeader)
                yield return (0, null);
            begun = true;
            yield return (number, text);
        }
    }

    private string ReadLine(TextReader reader, ref long number)
    {
        string text = reader.ReadLine();
        number++;
        while (ReadMultilines && text != null && EndsInsideQuotes(text))
        {
            string next = reader.ReadLine()
                ?? throw new EndOfStreamException($"A quoted field opened on line {number} was never closed, and the file has ended.");
            text = $"{text}\n{next}";
        }
        return text;
    }

    private bool EndsInsideQuotes(string text)
    {
        var fields = new TextFields(this);
        fields.Split(text, int.MaxValue);
        return fields.Unclosed;
    }
}
