using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>
/// Scored rows of three classes that are made up as they are read, the same in each pass, with weights that no sum of doubles holds
/// exactly.
/// </summary>
internal sealed class GeneratedScores : IDataView
{
    private const int Classes = 3;

    private readonly int _rows;
    private readonly bool _logits;
    private readonly HashSet<long> _badRows;
    private readonly long _unreadableRow;

    public GeneratedScores(int rows, bool logits, long[]? badRows = null, long unreadableRow = -1)
    {
        (_rows, _logits, _badRows, _unreadableRow) = (rows, logits, [.. badRows ?? []], unreadableRow);
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", new KeyDataViewType(typeof(uint), Classes));
        schema.AddColumn("Score", new VectorDataViewType(NumberDataViewType.Single, Classes));
        schema.AddColumn("Weight", NumberDataViewType.Single);
        schema.AddColumn("IsFirst", BooleanDataViewType.Instance);
        schema.AddColumn("First", NumberDataViewType.Single);
        schema.AddColumn("Labels", new VectorDataViewType(NumberDataViewType.Single, Classes));
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    /// <summary>The threads that moved a cursor.</summary>
    public HashSet<int> ReadingThreads { get; } = [];

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(GeneratedScores view) : DataViewRowCursor
    {
        private readonly float[] _scores = new float[Classes];
        private readonly Random _random = new(1);
        private long _position = -1;
        private int _label;
        private float _weight;
        private int _thread;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override bool MoveNext()
        {
            if (_thread != Environment.CurrentManagedThreadId)
                view.ReadingThreads.Add(_thread = Environment.CurrentManagedThreadId);
            if (++_position == view._unreadableRow)
                throw new IOException($"row {_position}");
            if (_position >= view._rows)
                return false;
            Draw();
            return true;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Name switch
            {
                "Label" => (ValueGetter<uint>)((ref uint value) => value = (uint)_label + 1),
                "Weight" => (ValueGetter<float>)((ref float value) => value = _weight),
                "IsFirst" => (ValueGetter<bool>)((ref bool value) => value = _label == 0),
                "First" => (ValueGetter<float>)((ref float value) => value = _scores[0]),
                "Score" => (ValueGetter<VBuffer<float>>)GetScore,
                _ => (ValueGetter<VBuffer<float>>)GetLabels,
            };
            return (ValueGetter<TValue>)getter;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

        private void Draw()
        {
            float sum = 0;
            foreach (ref var score in _scores.AsSpan())
                sum += score = MathF.Exp(8 * _random.NextSingle());
            for (var k = 0; k < Classes; k++)
                _scores[k] = view._logits ? MathF.Log(_scores[k]) - 4 : _scores[k] / sum;
            _label = _random.Next(Classes);
            _weight = 0.5f + _random.NextSingle();
            if (view._badRows.Contains(_position))
                _scores[1] = float.NaN;
        }

        private void GetScore(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, Classes);
            _scores.CopyTo(editor.Values);
            value = editor.Commit();
        }

        private void GetLabels(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, Classes);
            for (var k = 0; k < Classes; k++)
                editor.Values[k] = k <= _label ? 1 : 0;
            value = editor.Commit();
        }
    }
}
