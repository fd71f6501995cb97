using System.Buffers;
using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Recalibrates forecasts by isotonic regression (pool adjacent violators), the rows of each of five folds by those of the others. Which
/// fold a row is in depends on its forecast, not on its outcome or its place; rows of equal forecast are dealt out one by one.
/// </summary>
internal readonly ref struct CrossFit
{
    private const int Folds = 5;
    private const byte Several = Folds;

    // The fold of each group of one row; Several where there are more.
    private readonly byte[] _folds;

    // Weights by fold of the groups of several rows, in their order: of the event, then of the rest.
    private readonly List<double> _shares = [];
    private readonly double _meanWeight;

    public CrossFit(ReadOnlySpan<ScoreGroup> groups, double meanWeight)
    {
        _meanWeight = meanWeight;
        _folds = ArrayPool<byte>.Shared.Rent(groups.Length);
        for (var g = 0; g < groups.Length; g++)
        {
            ref readonly var group = ref groups[g];
            var isOne = group.Weight * group.Weight < 1.5 * group.SquaredWeights;
            _folds[g] = isOne ? (byte)FoldOf(group, 0) : Several;
            if (!isOne)
                Deal(group);
        }
    }

    /// <summary>Adds the scores of all rows, recalibrated, to <paramref name="scores"/>.</summary>
    public void Recalibrate(ReadOnlySpan<ScoreGroup> groups, (double, double)[] losses, ref RecalibratedScores scores)
    {
        var blocks = ArrayPool<Block>.Shared.Rent(groups.Length);
        for (var fold = 0; fold < Folds; fold++)
        {
            var count = PoolAdjacentViolators(groups, fold, blocks);
            var at = 0;
            for (int g = 0, several = 0; g < groups.Length; g++)
            {
                (var positive, var negative) = HeldOut(groups[g], g, fold, ref several);
                if (positive + negative == 0)
                    continue;
                while (at < count && blocks[at].Last < g)
                    at++;
                scores.Add(groups[g], losses[g], positive, negative, ValueAt(g, at, blocks.AsSpan(0, count)));
            }
        }
        ArrayPool<Block>.Shared.Return(blocks);
        ArrayPool<byte>.Shared.Return(_folds);
    }

    /// <summary>A fold by the forecast alone; the same for the opposite event, whose forecast has the same tail.</summary>
    public static int FoldOf(in ScoreGroup group, ulong row)
    {
        var tail = BitConverter.DoubleToUInt64Bits(Math.Min(group.Probability, group.Complement));
        return (int)((SplitMix64.Mix(SplitMix64.Mix(tail) + row * SplitMix64.Gamma) >> 32) * Folds >> 32);
    }

    /// <summary>Deals the rows of a group, as many as it is worth, into folds.</summary>
    private void Deal(in ScoreGroup group)
    {
        var rows = group.Weight * group.Weight / group.SquaredWeights;
        Span<double> shares = stackalloc double[2 * Folds];
        shares.Clear();
        // What is the event below a half is the rest above it: the opposite event has its rows in the same folds.
        var isLower = group.Probability < group.Complement;
        Deal(group, group.Positive, rows, isLower ? 0UL : 1, shares[..Folds]);
        Deal(group, group.Negative, rows, isLower ? 1UL : 0, shares[Folds..]);
        _shares.AddRange(shares);
    }

    private static void Deal(in ScoreGroup group, double weight, double rowsOfGroup, ulong stream, Span<double> shares)
    {
        if (weight == 0)
            return;
        var rows = Math.Max(1, Math.Round(rowsOfGroup * weight / group.Weight));
        for (ulong row = 0; row < rows; row++)
            shares[FoldOf(group, 2 * row + stream)] += weight / rows;
    }

    /// <summary>The weights of a group's rows that are in a fold; <paramref name="several"/> counts groups of several rows.</summary>
    private (double Positive, double Negative) HeldOut(in ScoreGroup group, int g, int fold, ref int several)
    {
        if (_folds[g] != Several)
            return _folds[g] == fold ? (group.Positive, group.Negative) : default;
        var first = 2 * Folds * several++;
        return (_shares[first + fold], _shares[first + Folds + fold]);
    }

    /// <summary>The blocks of the isotonic regression of all rows but a fold's: frequencies rise strictly from block to block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int PoolAdjacentViolators(ReadOnlySpan<ScoreGroup> groups, int fold, Block[] blocks)
    {
        var count = 0;
        for (int g = 0, several = 0; g < groups.Length; g++)
        {
            (var positive, var negative) = HeldOut(groups[g], g, fold, ref several);
            Block block = new(g, g, groups[g].Positive - positive, groups[g].Weight - positive - negative);
            // What rounding leaves of a group whose rows are all held out is none.
            if (block.Weight <= 1e-9 * groups[g].Weight)
                continue;
            while (count > 0 && blocks[count - 1].Positive * block.Weight >= block.Positive * blocks[count - 1].Weight)
            {
                ref var before = ref blocks[--count];
                block = new(before.First, g, before.Positive + block.Positive, before.Weight + block.Weight);
            }
            blocks[count++] = block;
        }
        return count;
    }

    /// <summary>The recalibrated forecast of a group; between two blocks it is the mean of theirs.</summary>
    private double ValueAt(int g, int at, ReadOnlySpan<Block> blocks)
    {
        if (at == blocks.Length)
            return at == 0 ? 0.5 : ValueOf(blocks[at - 1]);
        var value = ValueOf(blocks[at]);
        return g >= blocks[at].First || at == 0 ? value : (ValueOf(blocks[at - 1]) + value) / 2;
    }

    /// <summary>
    /// The frequency in a block, with half a row of each outcome added: no outcome is impossible because a few rows lack it (Krichevsky and
    /// Trofimov 1981, "The performance of universal encoding").
    /// </summary>
    private double ValueOf(in Block block) => (block.Positive + 0.5 * _meanWeight) / (block.Weight + _meanWeight);

    /// <summary>Groups that the regression pools: the first and the last of them that have rows.</summary>
    private readonly record struct Block(int First, int Last, double Positive, double Weight);
}
