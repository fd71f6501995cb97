using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// What the rows of data that are read several times are known by: a hash of each one's id, and of what some columns say of it. Data that
/// are shuffled anew in each pass would else train a model on the very rows that it is judged by.
/// </summary>
/// <param name="columns">The columns; null for one that there is not.</param>
internal sealed class RowFingerprints(params IEnumerable<DataViewSchema.Column?> columns)
{
    private readonly List<ulong> _rows = [];

    /// <summary>The columns that are looked at.</summary>
    public DataViewSchema.Column[] Columns { get; } = [.. columns.OfType<DataViewSchema.Column>()];

    /// <summary>The number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>A getter of the fingerprint of a cursor's current row.</summary>
    public Func<ulong> Getter(DataViewRow cursor)
    {
        var getId = cursor.GetIdGetter();
        Func<ulong>[] others = [.. Columns.Select(column => Of(cursor, column))];
        DataViewRowId id = default;
        return () =>
        {
            getId(ref id);
            var hash = SplitMix64.Mix(id.Low + id.High * SplitMix64.Gamma);
            foreach (var other in others)
                hash = SplitMix64.Mix(hash + other());
            return hash;
        };
    }

    /// <summary>Adds a row of the first pass.</summary>
    public void Add(ulong fingerprint) => _rows.Add(fingerprint);

    /// <summary>Looks at a row of a later pass.</summary>
    /// <exception cref="InvalidOperationException">It is another than in the first.</exception>
    public void Check(int row, ulong fingerprint)
    {
        if (_rows[row] != fingerprint)
            throw ColumnErrors.OtherRow(row);
    }

    private static Func<ulong> Of(DataViewRow row, DataViewSchema.Column column)
    {
        return column.Type switch
        {
            VectorDataViewType { ItemType: BooleanDataViewType } => Slots<bool>(static x => x ? 1u : 0),
            VectorDataViewType => Slots<float>(BitConverter.SingleToUInt32Bits),
            _ => ColumnValues.Group(row, column),
        };

        Func<ulong> Slots<T>(Func<T, uint> bits)
        {
            var getter = ColumnValues.Vector<T>(row, column);
            VBuffer<T> values = default;
            return () =>
            {
                getter(ref values);
                ulong hash = 0;
                foreach ((var slot, var value) in values.Items())
                    hash = SplitMix64.Mix(hash + ((ulong)slot << 32 | bits(value)) * SplitMix64.Gamma);
                return hash;
            };
        }
    }
}
