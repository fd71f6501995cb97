namespace Microsoft.ML.Data;

/// <summary>A cursor over stored columns; a subclass says which slot each row is in.</summary>
internal abstract class StoredCursor : DataViewRowCursor
{
    private readonly ActiveColumns _active;
    private readonly Delegate[] _getters;
    private long _position = -1;

    /// <param name="schema">The schema.</param>
    /// <param name="columns">The columns that are active.</param>
    /// <param name="storeOf">The store of an active column, by its index.</param>
    protected StoredCursor(DataViewSchema schema, DataViewSchema.Column[] columns, Func<int, ColumnStore> storeOf)
    {
        Schema = schema;
        Columns = columns;
        _active = new ActiveColumns(schema, columns);
        _getters = new Delegate[schema.Count];
        foreach (DataViewSchema.Column column in columns)
            _getters[column.Index] = storeOf(column.Index).CreateGetter(() => CurrentSlot);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    protected DataViewSchema.Column[] Columns { get; }

    /// <summary>The slot of the current row.</summary>
    protected int CurrentSlot => _position >= 0 ? Slot : throw new InvalidOperationException(Getters.NoRow);

    /// <summary>Set by <see cref="MoveNextCore"/>.</summary>
    protected int Slot { get; set; }

    public override bool MoveNext()
    {
        bool moved = MoveNextCore();
        _position = moved ? _position + 1 : -1;
        return moved;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.CheckContains(column);
        return Getters.Cast<TValue>(_getters[column.Index], column);
    }

    protected abstract bool MoveNextCore();
}
