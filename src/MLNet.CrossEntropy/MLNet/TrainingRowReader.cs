using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Hands the usable rows of a cursor to a builder and counts the others: a row with a missing label or a NaN or infinite
/// feature is skipped, a row of weight 0 is left out.
/// </summary>
internal sealed class TrainingRowReader
{
    private readonly TrainingColumns _columns;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly TargetGetter _getTarget;
    private readonly Func<double> _getWeight;
    private readonly Func<ulong> _getGroup;
    private readonly RowBlockBuilder _builder;
    private VBuffer<float> _features;
    private long _missingLabel;
    private long _unknownLabel;
    private long _nan;
    private long _infinite;
    private long _zeroWeight;
    private string? _firstSkipped;

    public TrainingRowReader(DataViewRowCursor cursor, TrainingColumns columns, RowBlockBuilder builder)
    {
        _columns = columns;
        _cursor = cursor;
        _getFeatures = ColumnValues.Vector<float>(cursor, columns.Features);
        _getTarget = columns.Label.Open(cursor);
        _getWeight = ColumnValues.Weight(cursor, columns.Weight);
        _getGroup = ColumnValues.Group(cursor, columns.Group);
        _builder = builder;
    }

    /// <summary>The rows handed to the builder so far.</summary>
    public long Used { get; private set; }

    /// <summary>Whether the rows will be read again, so that their fingerprint is wanted.</summary>
    public bool TakesFingerprint { get; init; }

    /// <summary>
    /// A number that rows with other labels, weights or first values have not, whatever their order: the sum of a hash of each.
    /// </summary>
    public ulong Fingerprint { get; private set; }

    /// <summary>Opens a cursor over just the columns that training needs.</summary>
    public static DataViewRowCursor OpenCursor(IDataView data, TrainingColumns columns)
        => ColumnValues.OpenCursor(data, [columns.Features, columns.Label.Column, columns.Weight, columns.Group]);

    /// <summary>How many rows a view has; none of its columns is looked at.</summary>
    public static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
            return known;
        using var cursor = ColumnValues.OpenCursor(data, []);
        long rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }

    /// <summary>Reads the cursor's current row.</summary>
    /// <exception cref="InvalidOperationException">Its weight is negative or not finite, or its label is of no class.</exception>
    public void ReadRow()
    {
        var weight = _getWeight();
        if ((float)weight == 0)
        {
            _zeroWeight++;
            return;
        }
        var kind = _getTarget(out var target, ref weight);
        if (kind == ScoreClasses.Missing)
        {
            _missingLabel++;
            _firstSkipped ??= $"row {_cursor.Position} has no label";
            return;
        }
        if (kind == ScoreClasses.Unknown)
        {
            _unknownLabel++;
            _firstSkipped ??= $"row {_cursor.Position} has a label that is none of the classes";
            return;
        }
        _getFeatures(ref _features);
        if (!SpanMath.AreFinite(_features.GetValues()))
        {
            CountNonFinite();
            return;
        }
        if (!float.IsFinite((float)weight))
            throw ColumnErrors.TooLargeWeight(_columns.NameOfWeights, _cursor.Position, weight);
        _builder.Add(_features.GetValues(), _features.GetIndices(), target, (float)weight, _getGroup());
        Used++;
        if (TakesFingerprint)
            Fingerprint += HashOf(target, (float)weight, _features.GetValues() is [var first, ..] ? first : 0);
    }

    /// <summary>What became of the rows read so far.</summary>
    /// <param name="what">What the rows are for, for the error.</param>
    /// <exception cref="InvalidOperationException">None was usable, and no other rank has any.</exception>
    public TrainingRowTally Tally(string what = "training")
    {
        var counts = new TrainingRowCounts
        {
            Used = Used,
            MissingLabel = _missingLabel,
            UnknownLabel = _unknownLabel,
            NaNFeature = _nan,
            InfiniteFeature = _infinite,
            ZeroWeight = _zeroWeight,
        };
        if (counts.Used == 0 && !_columns.AreShare)
            throw ColumnErrors.NoUsableRows(what, counts, _firstSkipped);
        return new TrainingRowTally(counts, _firstSkipped);
    }

    private static ulong HashOf(RowTarget target, float weight, float value)
    {
        var hash = (ulong)BitConverter.SingleToUInt32Bits(weight) << 32 | BitConverter.SingleToUInt32Bits(value);
        if (target.IsClass)
            return SplitMix64.Mix(hash + (ulong)(target.ClassIndex + 1) * SplitMix64.Gamma);
        foreach (var share in target.Vector)
            hash = SplitMix64.Mix(hash + BitConverter.SingleToUInt32Bits(share) * SplitMix64.Gamma);
        return hash;
    }

    private void CountNonFinite()
    {
        var values = _features.GetValues();
        var at = 0;
        while (float.IsFinite(values[at]))
            at++;
        if (float.IsNaN(values[at]))
            _nan++;
        else
            _infinite++;
        var feature = _features.IsDense ? at : _features.GetIndices()[at];
        _firstSkipped ??= FormattableString.Invariant(
            $"row {_cursor.Position} has {values[at]} in feature {AnnotationNames.OfFeature(_columns.Features, feature)}");
    }
}
