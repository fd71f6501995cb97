namespace Microsoft.ML.Data;

public sealed partial class TextLoader
{
    public class Options
    {
        public bool AllowQuoting;

        /// <summary>Whether fields may be written as index:value.</summary>
        public bool AllowSparse;

        /// <summary>The number of fields of a line; needed for sparse lines that do not start with it.</summary>
        public int? InputSize;
        public char[] Separators = ['\t'];
        public char DecimalMarker = '.';
        public Column[] Columns;

        /// <summary>Whether white space at the end of a line is ignored.</summary>
        public bool TrimWhitespace;
        public bool HasHeader;

        /// <summary>Whether ML.NET may read on several threads; the embedded host reads on one.</summary>
        public bool UseThreads = true;

        /// <summary>Whether quoted fields may hold line breaks.</summary>
        public bool ReadMultilines;
        public string HeaderFile;
        public long? MaxRows;
        public char EscapeChar = '"';

        /// <summary>Whether an empty number is NaN rather than 0.</summary>
        public bool MissingRealsAsNaNs;
    }

    public sealed class Column
    {
        public string Name;
        public Range[] Source;
        public KeyCount KeyCount;

        public Column()
        {
        }

        public Column(string name, DataKind dataKind, int index)
            : this(name, dataKind, [new Range(index)])
        {
        }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex)
            : this(name, dataKind, [new Range(minIndex, maxIndex)])
        {
        }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(source);
            Name = name;
            DataKind = dataKind;
            Source = source;
            KeyCount = keyCount;
        }

        public DataKind DataKind { get; set; } = DataKind.Single;
    }

    public sealed class Range
    {
        public int Min;
        public int? Max;

        /// <summary>The range extends to the end of the line, which is the same for all lines.</summary>
        public bool AutoEnd;

        /// <summary>The range extends to the end of the line, which may vary.</summary>
        public bool VariableEnd;
        public bool AllOther;

        /// <summary>Even a single field is a vector, of length 1.</summary>
        public bool ForceVector;

        public Range()
        {
        }

        public Range(int index)
        {
            Check.Param(index >= 0, nameof(index), index, "must be at least 0");
            Min = index;
            Max = index;
        }

        public Range(int min, int? max)
        {
            Check.Param(min >= 0, nameof(min), min, "must be at least 0");
            Check.Param(!(max < min), nameof(max), max, $"must be at least min ({min})");
            Min = min;
            Max = max;
            ForceVector = true;
            AutoEnd = max == null;
        }
    }
}
