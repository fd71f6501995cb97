namespace Microsoft.ML.Data;

/// <summary>A column of a text file: its type, and the ranges of fields that make it up.</summary>
internal sealed class TextColumn
{
    private TextColumn(string name, DataViewType type, Segment[] segments, ReadOnlyMemory<char>[] slotNames)
    {
        Name = name;
        Type = type;
        Segments = segments;
        SlotNames = slotNames;
    }

    internal string Name { get; }

    internal DataViewType Type { get; }

    internal Segment[] Segments { get; }

    internal ReadOnlyMemory<char>[] SlotNames { get; }

    internal int LastField => Segments.Max(segment => segment.End - 1);

    /// <summary>As in ML.NET, a header gives slot names, and an open range its end, only where a sample of the data is at hand.</summary>
    internal static TextColumn[] Bind(TextLoader.Column[] columns, TextFormat format, IMultiStreamSource sample)
    {
        if (columns.Any(column => column.Source is not { Length: > 0 }))
            throw new ArgumentOutOfRangeException(nameof(columns), "Must specify some source column indices");
        if (columns.Any(column => column.Source.Any(range => range.AllOther)))
            throw new NotSupportedException("The embedded ML.NET host does not know TextLoader.Range.AllOther.");

        bool hasOpenRange = columns.Any(column => column.Source.Any(range => range.AutoEnd && range.Max == null));
        string[] lines = SampleLines(format, sample, hasOpenRange && format.InputSize == 0 ? 100 : 1);
        int size = hasOpenRange ? FieldsPerLine(format, lines) : 0;
        TextFields header = null;
        if (format.HasHeader && lines.Length > 0)
        {
            header = new TextFields(format);
            header.Split(lines[0], int.MaxValue);
        }
        return Array.ConvertAll(columns, column => Bind(column, size, header));
    }

    internal static DataViewSchema ToSchema(TextColumn[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (TextColumn column in columns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (column.SlotNames != null)
                annotations.AddSlotNames(column.SlotNames);
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    private static TextColumn Bind(TextLoader.Column column, int size, TextFields header)
    {
        Check.NonEmpty(column.Name);
        PrimitiveDataViewType itemType = DataKinds.PrimitiveTypeOf(column.DataKind);
        if (column.KeyCount != null)
            itemType = new KeyDataViewType(itemType.RawType, column.KeyCount.Count ?? MaxCount(itemType.RawType));
        Segment[] segments = Array.ConvertAll(column.Source, range => Segment.Of(range, size));
        Segment[] sorted = [.. segments.OrderBy(segment => segment.Min)];
        for (int i = 1; i < sorted.Length; i++)
            Check.Param(sorted[i - 1].End <= sorted[i].Min, nameof(column.Source), column.Name, "has intervals that overlap");

        if (segments.Any(segment => segment.IsVariable))
            return new TextColumn(column.Name, new VectorDataViewType(itemType), segments, null);
        int length = segments.Sum(segment => segment.End - segment.Min);
        bool isVector = length > 1 || column.Source[0].ForceVector;
        return new TextColumn(
            column.Name,
            isVector ? new VectorDataViewType(itemType, length) : itemType,
            segments,
            isVector && header != null ? SlotNamesOf(segments, header) : null);
    }

    private static ReadOnlyMemory<char>[] SlotNamesOf(Segment[] segments, TextFields header)
    {
        var byField = new Dictionary<int, ReadOnlyMemory<char>>();
        for (int i = 0; i < header.Count; i++)
            byField[header.Indices[i]] = header[i].Trim();
        ReadOnlyMemory<char>[] names = [.. segments.SelectMany(segment => Enumerable.Range(segment.Min, segment.End - segment.Min)).Select(field => byField.GetValueOrDefault(field))];
        return names.All(name => name.IsEmpty) ? null : names;
    }

    private static string[] SampleLines(TextFormat format, IMultiStreamSource sample, int count)
    {
        if (sample == null || sample.Count == 0)
            return [];
        using TextReader reader = sample.OpenTextReader(0);
        return [.. format.Lines(reader).Select(line => line.Text).Where(text => text != null).Take(count)];
    }

    private static int FieldsPerLine(TextFormat format, string[] lines)
    {
        if (format.InputSize > 0)
            return format.InputSize;
        var fields = new TextFields(format);
        int[] sizes = [.. lines.Select(line =>
        {
            fields.Split(line, int.MaxValue);
            return fields.Size;
        }).Distinct()];
        return sizes.Length switch
        {
            0 => throw new ArgumentOutOfRangeException(nameof(lines), "Can't determine the number of source columns without valid data"),
            1 => sizes[0],
            _ => throw new ArgumentOutOfRangeException(nameof(lines), "The size of input lines is not consistent"),
        };
    }

    private static ulong MaxCount(Type keyType) => keyType == typeof(byte) ? byte.MaxValue : keyType == typeof(ushort) ? ushort.MaxValue : keyType == typeof(uint) ? uint.MaxValue : ulong.MaxValue;

    /// <summary>The fields from <see cref="Min"/> up to <see cref="End"/>, or to wherever the line ends.</summary>
    internal readonly record struct Segment(int Min, int End)
    {
        internal bool IsVariable => End == int.MaxValue;

        internal static Segment Of(TextLoader.Range range, int size)
        {
            Check.Param(range.Min >= 0, nameof(range.Min), range.Min, "must be at least 0");
            if (range.Max is int max)
                return new Segment(range.Min, max + 1);
            if (range.AutoEnd)
            {
                Check.Param(range.Min < size, nameof(range.Min), range.Min, $"is not in the dataset (it only has {size} columns)");
                return new Segment(range.Min, size);
            }
            return range.VariableEnd ? new Segment(range.Min, int.MaxValue) : new Segment(range.Min, range.Min + 1);
        }
    }
}
