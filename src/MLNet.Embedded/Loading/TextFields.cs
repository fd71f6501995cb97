using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>The non-empty fields of one line, by ascending index.</summary>
internal sealed class TextFields
{
    private readonly TextFormat _format;
    private readonly bool _separatedBySpace;
    private readonly StringBuilder _unquoted = new();
    private int[] _indices = new int[16];
    private ReadOnlyMemory<char>[] _texts = new ReadOnlyMemory<char>[16];

    internal TextFields(TextFormat format)
    {
        _format = format;
        _separatedBySpace = format.IsSeparator(' ');
    }

    internal int Count { get; private set; }

    /// <summary>The number of fields that the line has, or declares by its sparse length.</summary>
    internal int Size { get; private set; }

    /// <summary>Whether the last quoted field had no closing quote.</summary>
    internal bool Unclosed { get; private set; }

    /// <summary>Whether a quoted field was malformed, and so taken for empty.</summary>
    internal bool IllegalQuoting { get; private set; }

    internal ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    internal ReadOnlyMemory<char> this[int position] => _texts[position];

    /// <summary>The position of the first field of index at least <paramref name="index"/>.</summary>
    internal int FirstAtOrAfter(int index)
    {
        int position = Indices.BinarySearch(index);
        return position >= 0 ? position : ~position;
    }

    /// <summary>Splits a line, as far as field <paramref name="last"/>.</summary>
    internal void Split(string line, int last)
    {
        Count = 0;
        Unclosed = false;
        IllegalQuoting = false;
        ReadOnlyMemory<char> text = _format.TrimWhitespace ? line.AsMemory().TrimEnd() : line.AsMemory();
        int next = 0;
        int index = 0;
        int sparseStart = -1;
        bool more = true;
        while (more && index <= last)
        {
            more = NextField(text, ref next, out int sparseIndex, out ReadOnlyMemory<char> field);
            if (sparseIndex < 0)
            {
                if (sparseStart >= 0)
                    throw new FormatException($"A field of the form value follows one of the form index:value in the line '{line}'.");
                Add(index++, field);
                continue;
            }
            if (sparseStart < 0)
            {
                sparseStart = StartSparse(index, line);
                index = sparseStart;
            }
            int target = sparseStart + sparseIndex;
            if (target >= Size || (Count > 0 && _indices[Count - 1] >= target))
                throw new FormatException($"The sparse index {sparseIndex} is out of order or too large in the line '{line}'.");
            Add(target, field);
        }
        if (sparseStart < 0)
            Size = Math.Max(index, _format.InputSize);
    }

    /// <summary>A sparse part's length is given for all lines, or by the field before it, which then is no field of its own.</summary>
    private int StartSparse(int index, string line)
    {
        if (_format.InputSize > 0)
        {
            Size = _format.InputSize;
            return index;
        }
        if (Count == 0 || _indices[Count - 1] != index - 1 || !int.TryParse(_texts[Count - 1].Span, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length == 0)
            throw new FormatException($"A sparse part must start with its length, or TextLoader.Options.InputSize be set, in the line '{line}'.");
        Count--;
        Size = index - 1 + length;
        return index - 1;
    }

    private void Add(int index, ReadOnlyMemory<char> text)
    {
        if (text.IsEmpty)
            return;
        if (Count == _indices.Length)
        {
            Array.Resize(ref _indices, 2 * Count);
            Array.Resize(ref _texts, 2 * Count);
        }
        _indices[Count] = index;
        _texts[Count++] = text;
    }

    private bool NextField(ReadOnlyMemory<char> text, ref int next, out int sparseIndex, out ReadOnlyMemory<char> field)
    {
        ReadOnlySpan<char> span = text.Span;
        sparseIndex = -1;
        SkipSpaces(span, ref next);
        if (_format.AllowSparse)
        {
            int colon = next;
            while (colon < span.Length && char.IsAsciiDigit(span[colon]))
                colon++;
            if (colon > next && colon - next <= 9 && colon < span.Length && span[colon] == ':')
            {
                sparseIndex = int.Parse(span[next..colon], NumberStyles.None, CultureInfo.InvariantCulture);
                next = colon + 1;
                SkipSpaces(span, ref next);
            }
        }
        if (_format.AllowQuoting && next < span.Length && span[next] == '"')
        {
            field = Quoted(span, ref next).AsMemory();
        }
        else
        {
            int length = span[next..].IndexOfAny(_format.Separators);
            length = length < 0 ? span.Length - next : length;
            field = text.Slice(next, length);
            next += length;
        }
        bool more = next < span.Length;
        next++;
        return more;
    }

    private void SkipSpaces(ReadOnlySpan<char> span, ref int next)
    {
        while (!_separatedBySpace && next < span.Length && span[next] == ' ')
            next++;
    }

    /// <summary>The unescaped text of a quoted field, empty if it is malformed; moves on to the separator after it.</summary>
    private string Quoted(ReadOnlySpan<char> span, ref int next)
    {
        _unquoted.Clear();
        bool closed = false;
        next++;
        while (next < span.Length && !closed)
        {
            char c = span[next++];
            if (c == _format.EscapeChar && next < span.Length && span[next] == '"')
                _unquoted.Append(span[next++]);
            else if (c == '"')
                closed = true;
            else
                _unquoted.Append(c);
        }
        Unclosed = !closed;
        bool wellFormed = closed;
        for (; next < span.Length && !_format.IsSeparator(span[next]); next++)
            wellFormed &= span[next] == ' ';
        IllegalQuoting |= !wellFormed;
        return wellFormed ? _unquoted.ToString() : "";
    }
}
