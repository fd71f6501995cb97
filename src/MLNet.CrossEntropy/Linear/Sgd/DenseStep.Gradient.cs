

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The gradient: each unit's own while its rows are in the cache of the thread that has computed their logits, then the sum over units in
/// a fixed tree, pairs first. Where so many gradients would take too much room, they are summed over all rows feature by feature instead.
/// </summary>
internal sealed unsafe partial class DenseStep
{
    // 32 rows make a gradient worth writing down; smaller batches are cut smaller, for there to be something to share.
    private const int LargeUnit = 32;
    private const int SmallUnit = 16;
    private const int SmallBatch = 64;

    // The gradients of all units together, in floats: 16 MB.
    private const long MostGradients = 4 << 20;

    // A unit's rows and those of the next are to fit into a core's second-level cache, and all rows are not, for fetching ahead to help.
    private const long CacheFloats = 1 << 18;

    private static int StrideOf(int features) => (features + SliceFeatures - 1) / SliceFeatures * SliceFeatures;

    /// <summary>Floats from one unit's gradient to the next's. Behind a gradient there is room for the two sums that travel with it over machines.</summary>
    private static long UnitStride(int outputs, int features)
    {
        var length = checked((long)outputs * (StrideOf(features) + 1) + 2);
        return (length + SliceFeatures - 1) / SliceFeatures * SliceFeatures;
    }

    private static int UnitRowsFor(int batchSize, int outputs, int features)
    {
        var rows = batchSize <= SmallBatch ? SmallUnit : LargeUnit;
        // Larger units where the room is short, as long as there are two.
        while (2 * rows < batchSize && (batchSize + rows - 1) / rows * UnitStride(outputs, features) > MostGradients)
            rows *= 2;
        return rows;
    }

    protected override void ComputeGradient(RowSet rows, int from, int to, ReadOnlySpan<int> ahead)
    {
        if (!_isByUnits)
            return;
        DenseBackward.Compute(
            Rows + from, to - from, 0, _features, Errors.Pointer + (long)from * Outputs, Outputs, UnitGradient(from / UnitRows), _stride, Ahead(rows, from, to, ahead));
    }

    /// <summary>Adds up what is <paramref name="end"/> - <paramref name="first"/> units of one member, as far as the tree allows.</summary>
    protected override void EndUnits(int first, int end)
    {
        if (!_isByUnits)
            return;
        for (var step = 1; step < end - first; step *= 2)
        {
            for (var unit = first; unit + step < end; unit++)
            {
                if (unit % (2 * step) == 0 && unit + 2 * step <= end)
                    AddUnits(unit, step, 0, _features);
            }
        }
    }

    /// <summary>Completes the sum of the features <c>[from, to)</c>, which is then the first unit's.</summary>
    private void CompleteGradient(int from, int to)
    {
        if (!_isByUnits)
        {
            DenseBackward.Compute(Rows, Count, from, to, Errors.Pointer, Outputs, _gradient.Pointer, _stride);
            return;
        }

        var units = Units(Count);
        for (var step = 1; step < units; step *= 2)
        {
            for (var unit = 0; unit + step < units; unit += 2 * step)
            {
                if (!IsOneMembers(unit, unit + 2 * step, units))
                    AddUnits(unit, step, from, to);
            }
        }
    }

    /// <summary>Whether <see cref="EndUnits"/> has dealt with the units <c>[first, end)</c>.</summary>
    private bool IsOneMembers(int first, int end, int units)
    {
        for (var member = 0; member < Team.Size; member++)
        {
            var (from, to) = Team.Share(member, units);
            if (from <= first && end <= to)
                return true;
        }

        return false;
    }

    private void AddUnits(int unit, int step, int from, int to)
    {
        for (var k = 0; k < Outputs; k++)
        {
            float* sum = UnitGradient(unit) + (long)k * _stride + from, other = UnitGradient(unit + step) + (long)k * _stride + from;
            SparseKernels.Axpy(1, other, sum, to - from);
        }
    }

    private float* UnitGradient(int unit) => _gradient.Pointer + unit * _unitStride;

    private RowsAhead Ahead(RowSet rows, int from, int to, ReadOnlySpan<int> ahead)
    {
        if (ahead.IsEmpty || (long)rows.Rows * _features <= CacheFloats || (long)UnitRows * _features > CacheFloats / 2)
            return default;
        var pointers = _aheadPointers.Pointer + from;
        for (var i = 0; i < to - from; i++)
            pointers[i] = (nint)rows.Dense(ahead[Math.Min(i, ahead.Length - 1)]);
        return new RowsAhead((nint)pointers, _features / RowsAhead.LineFloats + 1);
    }
}
