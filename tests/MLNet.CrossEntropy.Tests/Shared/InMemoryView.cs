using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A small data view whose columns, types and annotations are whatever a test says.</summary>
internal sealed class InMemoryView : IDataView
{
    private readonly Array[] _columns;
    private readonly int _rows;

    private InMemoryView(DataViewSchema schema, Array[] columns, int rows)
    {
        Schema = schema;
        _columns = columns;
        _rows = rows;
    }

    public DataViewSchema Schema { get; }

    /// <summary>Told the number of each row that is read.</summary>
    public Action<long>? OnRow { get; set; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(c => c.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    public sealed class Builder
    {
        private readonly DataViewSchema.Builder _schema = new();
        private readonly List<Array> _columns = [];

        public Builder Add<T>(string name, DataViewType type, IEnumerable<T> values, DataViewSchema.Annotations? annotations = null)
        {
            _schema.AddColumn(name, type, annotations);
            _columns.Add(values.ToArray());
            return this;
        }

        public Builder AddNumbers(string name, IEnumerable<double> values) =>
            Add(name, NumberDataViewType.Single, values.Select(v => (float)v));

        /// <summary>A key column of raw values: 0 is missing, 1 the first of the names.</summary>
        public Builder AddKeys(string name, IEnumerable<uint> raw, int count, string[]? names = null) =>
            Add(name, new KeyDataViewType(typeof(uint), count), raw, names is null ? null : Names("KeyValues", names));

        public Builder AddText(string name, IEnumerable<string> values) =>
            Add(name, TextDataViewType.Instance, values.Select(v => v.AsMemory()));

        public Builder AddScores(string name, IEnumerable<double[]> rows, int count, DataViewSchema.Annotations? annotations = null) =>
            Add(name, new VectorDataViewType(NumberDataViewType.Single, count),
                rows.Select(r => new VBuffer<float>(r.Length, [.. r.Select(x => (float)x)])), annotations);

        public InMemoryView Build() => new(_schema.ToSchema(), [.. _columns], _columns[0].Length);
    }

    /// <summary>One vector annotation of text, such as KeyValues, SlotNames or TrainingLabelValues.</summary>
    public static DataViewSchema.Annotations Names(string kind, string[] names)
    {
        DataViewSchema.Annotations.Builder builder = new();
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(names.Length, [.. names.Select(n => n.AsMemory())]));
        return builder.ToAnnotations();
    }

    private sealed class Cursor(InMemoryView view, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            view.OnRow?.Invoke(_position + 1);
            return ++_position < view._rows;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Assert.True(IsColumnActive(column), $"column {column.Name} was not asked for");
            var values = (TValue[])view._columns[column.Index];
            return (ref TValue value) => value = values[_position];
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);
    }
}
