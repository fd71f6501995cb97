namespace Microsoft.ML.Data;

/// <summary>The columns of a schema that a cursor was asked for.</summary>
internal sealed class ActiveColumns
{
    private readonly bool[] _active;

    internal ActiveColumns(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        _active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in Verify(schema, columns))
            _active[column.Index] = true;
    }

    internal bool this[int index] => _active[index];

    internal bool Contains(DataViewSchema.Column column)
    {
        Check.Param(column.Index < _active.Length, nameof(column), column.Name, "must be a column of this schema");
        return _active[column.Index];
    }

    internal void CheckContains(DataViewSchema.Column column)
    {
        if (!Contains(column))
            throw new InvalidOperationException($"Column '{column.Name}' is not active: ask for it when getting the cursor or row.");
    }

    /// <summary>The columns as an array, checked to be of this schema.</summary>
    internal static DataViewSchema.Column[] Verify(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        DataViewSchema.Column[] array = [.. columns];
        foreach (DataViewSchema.Column column in array)
        {
            if (column.Index >= schema.Count || schema[column.Index].Name != column.Name)
                throw new ArgumentOutOfRangeException(nameof(columns), $"Column '{column.Name}' is not of this view's schema.");
        }
        return array;
    }
}
