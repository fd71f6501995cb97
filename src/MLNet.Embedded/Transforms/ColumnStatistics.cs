using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>What a normaliser learns of the slots of one column.</summary>
internal abstract class ColumnStatistics
{
    /// <summary>Takes in one row; a sparse row's implicit slots are zeros.</summary>
    public abstract void Add(in VBuffer<float> row);

    public abstract ColumnNormalizer ToNormalizer();
}
