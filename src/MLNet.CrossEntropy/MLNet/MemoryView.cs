using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>A data view over arrays in memory: each column says what it holds in a row.</summary>
internal sealed class MemoryView : IDataView
{
    private readonly int _rows;
    private readonly Delegate[] _columns;

    private MemoryView(DataViewSchema schema, int rows, Delegate[] columns) => (Schema, _rows, _columns) = (schema, rows, columns);

    /// <summary>Gives a column's value in a row.</summary>
    public delegate void Cell<T>(int row, ref T value);

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(c => c.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Collects the columns of a view of so many rows; of two of one name the later one counts.</summary>
    public sealed class Builder(int rows)
    {
        private readonly DataViewSchema.Builder _schema = new();
        private readonly List<Delegate> _columns = [];

        public Builder Add<T>(string name, DataViewType type, Cell<T> cell, DataViewSchema.Annotations? annotations = null)
        {
            _schema.AddColumn(name, type, annotations);
            _columns.Add(cell);
            return this;
        }

        public Builder AddText(string name, string?[] texts) => Add(
            name, TextDataViewType.Instance, (int row, ref ReadOnlyMemory<char> value) => value = texts[row].AsMemory());

        /// <summary>A vector of known length, copied out of rows that lie one behind the other.</summary>
        public Builder AddVectors(string name, int length, float[] values, DataViewSchema.Annotations? annotations)
        {
            return Add(name, new VectorDataViewType(NumberDataViewType.Single, length), (Cell<VBuffer<float>>)Copy, annotations);

            void Copy(int row, ref VBuffer<float> value)
            {
                var editor = VBufferEditor.Create(ref value, length);
                values.AsSpan(row * length, length).CopyTo(editor.Values);
                value = editor.Commit();
            }
        }

        public MemoryView Build() => new(_schema.ToSchema(), rows, [.. _columns]);
    }

    private sealed class Cursor(MemoryView view, HashSet<int> active) : DataViewRowCursor
    {
        private int _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position < view._rows ? _position : -1;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            _position = _position + 1 < view._rows ? _position + 1 : view._rows;
            return _position < view._rows;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var cell = (Cell<TValue>)view._columns[column.Index];
            return (ref TValue value) => cell(_position, ref value);
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);
    }
}
