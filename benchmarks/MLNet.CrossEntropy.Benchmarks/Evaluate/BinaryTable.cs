using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>A binary model's scored rows in arrays behind a data view: Label, Score, Probability (its sigmoid), PredictedLabel.</summary>
internal sealed class BinaryTable : IDataView
{
    private readonly bool[] _labels;
    private readonly float[] _scores;
    private readonly float[] _probabilities;

    public BinaryTable(int rows)
    {
        (_labels, _scores, _probabilities) = (new bool[rows], new float[rows], new float[rows]);
        var random = new Random(1);
        for (var row = 0; row < rows; row++)
        {
            _scores[row] = 8 * random.NextSingle() - 4;
            _probabilities[row] = 1 / (1 + MathF.Exp(-_scores[row]));
            _labels[row] = random.NextSingle() < _probabilities[row];
        }

        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", BooleanDataViewType.Instance);
        schema.AddColumn("Score", NumberDataViewType.Single);
        schema.AddColumn("Probability", NumberDataViewType.Single);
        schema.AddColumn("PredictedLabel", BooleanDataViewType.Instance);
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _labels.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(c => c.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(BinaryTable table, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => table.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext() => ++_position < table._labels.Length;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index switch
            {
                0 => (ValueGetter<bool>)((ref bool value) => value = table._labels[_position]),
                1 => (ValueGetter<float>)((ref float value) => value = table._scores[_position]),
                2 => (ValueGetter<float>)((ref float value) => value = table._probabilities[_position]),
                _ => (ValueGetter<bool>)((ref bool value) => value = table._scores[_position] > 0),
            };
            return (ValueGetter<TValue>)getter;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);
    }
}
