using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Which rows of the training data are held out for validation: those with a flag, or a seeded share of them.</summary>
/// <remarks>A row's fate depends on the seed and its place in the view alone, so that every pass decides alike.</remarks>
internal sealed class ValidationSplit
{
    private readonly double _fraction;
    private readonly ulong _seed;

    private ValidationSplit(double fraction, int seed, DataViewSchema.Column? flag)
    {
        _fraction = fraction;
        _seed = SplitMix64.Mix((uint)seed);
        Flag = flag;
    }

    /// <summary>The column that tells; null where chance does.</summary>
    public DataViewSchema.Column? Flag { get; }

    /// <summary>The split by a Boolean column or a share of the rows; null for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not Boolean.</exception>
    public static ValidationSplit? Of(DataViewSchema inputSchema, double fraction, string? flagColumn, int seed)
    {
        if (flagColumn is null)
            return fraction > 0 ? new ValidationSplit(fraction, seed, flag: null) : null;
        var column = TrainingColumns.FindColumn(inputSchema, "validation flag", flagColumn);
        if (column.Type is not BooleanDataViewType)
            throw TrainingColumns.Mismatch(nameof(inputSchema), "validation flag", column, "Boolean", "Convert it with ConvertType");
        return new ValidationSplit(0, seed, column);
    }

    /// <summary>A getter of whether the cursor's current row is held out.</summary>
    public Func<bool> Open(DataViewRow cursor)
    {
        if (Flag is not { } column)
            return () => IsDrawn(cursor.Position);
        var get = cursor.GetGetter<bool>(column);
        var value = false;
        return () =>
        {
            get(ref value);
            return value;
        };
    }

    private bool IsDrawn(long row) => (SplitMix64.Mix(_seed + (ulong)row * SplitMix64.Gamma) >> 11) * (1.0 / (1UL << 53)) < _fraction;
}
