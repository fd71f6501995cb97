using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Scored rows in arrays behind a data view that does nothing but copy them: columns Label and PredictedLabel (keys), Score (a vector of
/// probabilities). Class k is the label of a row with the probability the row gives it.
/// </summary>
internal sealed class ScoredTable : IDataView
{
    private readonly uint[] _labels;
    private readonly uint[] _predicted;
    private readonly float[] _scores;

    public ScoredTable(int rows, int classes)
    {
        (Rows, Classes) = (rows, classes);
        (_labels, _predicted, _scores) = (new uint[rows], new uint[rows], new float[rows * classes]);
        var random = new Random(1);
        for (var row = 0; row < rows; row++)
            Draw(random, row);

        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", new KeyDataViewType(typeof(uint), classes));
        schema.AddColumn("Score", new VectorDataViewType(NumberDataViewType.Single, classes));
        schema.AddColumn("PredictedLabel", new KeyDataViewType(typeof(uint), classes));
        Schema = schema.ToSchema();
    }

    public int Rows { get; }

    public int Classes { get; }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    /// <summary>The rows as objects, in which ML.NET takes 0 for the first class.</summary>
    public IEnumerable<ScoredRow> ToObjects() => Enumerable.Range(0, Rows).Select(row => new ScoredRow
    {
        Label = _labels[row] - 1,
        Score = Score(row).ToArray(),
        PredictedLabel = _predicted[row] - 1,
    });

    /// <summary>Writes the first rows as text: zero-based label, scores, predicted label.</summary>
    public void Write(string path, int rows)
    {
        using StreamWriter writer = new(path);
        for (var row = 0; row < rows; row++)
        {
            writer.Write(_labels[row] - 1);
            foreach (var score in Score(row))
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"\t{score:R}"));
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\t{_predicted[row] - 1}"));
        }
    }

    public long? GetRowCount() => Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(c => c.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private Span<float> Score(int row) => _scores.AsSpan(row * Classes, Classes);

    private void Draw(Random random, int row)
    {
        var scores = Score(row);
        float sum = 0;
        foreach (ref var score in scores)
            sum += score = MathF.Exp(8 * random.NextSingle() - 4);
        var draw = random.NextSingle();
        int label = -1, predicted = 0;
        for (var k = 0; k < Classes; k++)
        {
            scores[k] /= sum;
            draw -= scores[k];
            if (label < 0 && draw <= 0)
                label = k;
            if (scores[k] > scores[predicted])
                predicted = k;
        }
        _labels[row] = (uint)(label < 0 ? Classes : label + 1);
        _predicted[row] = (uint)predicted + 1;
    }

    private sealed class Cursor(ScoredTable table, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => table.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext() => ++_position < table.Rows;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index switch
            {
                0 => (ValueGetter<uint>)((ref uint value) => value = table._labels[_position]),
                1 => (ValueGetter<VBuffer<float>>)GetScore,
                _ => (ValueGetter<uint>)((ref uint value) => value = table._predicted[_position]),
            };
            return (ValueGetter<TValue>)getter;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

        private void GetScore(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, table.Classes);
            table.Score((int)_position).CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
