namespace Microsoft.ML.Data;

/// <summary>A row whose values are the members of one object at a time.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow
    where TRow : class
{
    private readonly Delegate[] _getters;
    private readonly ActiveColumns _active;
    private TRow _current;
    private long _position = -1;

    internal ObjectRow(ObjectColumns<TRow> columns, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Schema = columns.Schema;
        _active = new ActiveColumns(Schema, activeColumns);
        _getters = new Delegate[Schema.Count];
        for (int i = 0; i < _getters.Length; i++)
        {
            if (_active[i])
                _getters[i] = columns.CreateGetter(this, i);
        }
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    internal TRow Current => _current ?? throw new InvalidOperationException(Getters.NoRow);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        _ = Current;
        value = new DataViewRowId((ulong)_position, 0);
    };

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.CheckContains(column);
        return Getters.Cast<TValue>(_getters[column.Index], column);
    }

    /// <summary>Moves on to the next object.</summary>
    internal void Advance(TRow next)
    {
        _current = next;
        _position++;
    }

    /// <summary>There is no object after the last one.</summary>
    internal void End()
    {
        _current = null;
        _position = -1;
    }
}
