namespace Microsoft.ML.Data;

/// <summary>
/// What a transformer does to one input schema: the columns it adds, which input columns each of them reads, and how their
/// values are computed. The rest (schemas, views, cursors, active columns) follows from it in <see cref="AddedColumnsMapper"/>.
/// </summary>
internal abstract class RowMapper
{
    protected RowMapper(DataViewSchema inputSchema) => InputSchema = inputSchema;

    /// <summary>The columns added, in order; they hide input columns of the same name.</summary>
    internal abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    protected DataViewSchema InputSchema { get; }

    /// <summary>Indices of the input columns that the added column <paramref name="output"/> is computed from.</summary>
    internal abstract IEnumerable<int> GetDependencies(int output);

    /// <summary>The <see cref="ValueGetter{TValue}"/> of one added column over <paramref name="input"/>, whose dependencies are active.</summary>
    internal abstract Delegate CreateGetter(DataViewRow input, int output);

    /// <summary>
    /// The getters of the active added columns (null elsewhere). Override it when several of them share work for each row.
    /// </summary>
    internal virtual Delegate[] CreateGetters(DataViewRow input, Func<int, bool> isActive)
    {
        var getters = new Delegate[OutputColumns.Count];
        for (int output = 0; output < getters.Length; output++)
        {
            if (isActive(output))
                getters[output] = CreateGetter(input, output);
        }
        return getters;
    }
}
