using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// A data view whose rows are made up as they are read, the same in each pass: columns Features and Label, a key of three classes.
/// </summary>
internal sealed class GeneratedView : IDataView
{
    private const int Classes = 3;

    private readonly int _rows;
    private readonly int _features;
    private readonly double _density;
    private readonly Func<long, bool> _isBad;

    public GeneratedView(int rows, int features, double density, Func<long, bool>? isBad = null)
    {
        (_rows, _features, _density, _isBad) = (rows, features, density, isBad ?? (_ => false));
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, features));
        schema.AddColumn("Label", new KeyDataViewType(typeof(uint), Classes));
        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    /// <summary>How often the rows were read, or begun to be.</summary>
    public int CursorsOpened { get; private set; }

    public TrainingColumns Columns() => TrainingColumns.Find(Schema, "Features", TrainingLabel.Multiclass(Schema, "Label"), null);

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        CursorsOpened++;
        return new Cursor(this);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The class of a row: that of the largest of its first three features.</summary>
    public int Class(long row)
    {
        Span<float> values = stackalloc float[Math.Min(_features, Classes)];
        Fill(row, values);
        var largest = 0;
        for (var j = 1; j < values.Length; j++)
            largest = values[j] > values[largest] ? j : largest;
        return largest;
    }

    /// <summary>The row's first features, each from a hash of where it stands: uniform in (0, 1], or zero.</summary>
    public void Fill(long row, Span<float> values)
    {
        for (var j = 0; j < values.Length; j++)
        {
            var hash = ((uint)row * 2654435761u + (uint)j * 2246822519u) ^ 0x9E3779B9u;
            hash = (hash ^ (hash >> 15)) * 3266489917u;
            hash = (hash ^ (hash >> 13)) * 668265263u;
            var uniform = ((hash >> 8) + 1) / (float)(1 << 24);
            values[j] = uniform <= _density ? uniform : 0;
        }
    }

    private sealed class Cursor(GeneratedView view) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext() => ++_position < view._rows;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index == 0 ? (ValueGetter<VBuffer<float>>)GetFeatures : (ValueGetter<uint>)GetLabel;
            return (ValueGetter<TValue>)getter;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

        private void GetLabel(ref uint value) => value = (uint)view.Class(_position) + 1;

        private void GetFeatures(ref VBuffer<float> value)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, view._features);
            view.Fill(_position, editor.Values);
            if (view._isBad(_position))
                editor.Values[0] = float.NaN;
            value = editor.Commit();
        }
    }
}
