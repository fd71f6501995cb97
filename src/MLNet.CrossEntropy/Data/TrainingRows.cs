using Microsoft.ML;
using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Data;

/// <summary>The usable rows of a data view, read once into memory.</summary>
/// <param name="Blocks">The rows, in the view's order.</param>
/// <param name="Tally">What became of the view's rows.</param>
internal sealed record TrainingRows(IReadOnlyList<RowBlock> Blocks, TrainingRowTally Tally)
{
    /// <summary>Reads <paramref name="data"/>.</summary>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite, or no row is usable.</exception>
    public static TrainingRows Read(IDataView data, TrainingColumns columns)
    {
        var builder = new RowBlockBuilder(columns.FeatureCount, columns.Weight is not null);
        using DataViewRowCursor cursor = TrainingRowReader.OpenCursor(data, columns);
        var reader = new TrainingRowReader(cursor, columns, builder);
        while (cursor.MoveNext())
            reader.ReadRow();
        TrainingRowTally tally = reader.Tally();
        return new TrainingRows(builder.Build(), tally);
    }
}
