using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The rank of the true class among the scores, 0 for the highest. Ties go to the lower class index; counted in the true
/// class's favour or against it they give the optimistic and the pessimistic rank.
/// </summary>
internal sealed class RankAccumulator(int classes)
{
    private readonly CompensatedSum[] _untied = new CompensatedSum[classes];
    private readonly CompensatedSum[] _lowerIndexFirst = new CompensatedSum[classes];
    private readonly CompensatedSum[] _optimistic = new CompensatedSum[classes];
    private readonly CompensatedSum[] _pessimistic = new CompensatedSum[classes];
    // Rows of weight 1 without ties, which need no compensated sum.
    private readonly long[] _plain = new long[classes];
    private CompensatedSum _weight;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(EvaluatedBlock block)
    {
        _weight.Add(SpanMath.Sum(block.Weights.AsSpan(0, block.Count)));
        if (block.ByClass.IsPlain && !block.Ties.AsSpan(0, block.Count).ContainsAnyExcept(0))
        {
            (var higher, var plain) = (block.Higher, _plain);
            for (var row = 0; row < block.Count; row++)
                plain[higher[row]]++;
            return;
        }
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] >= 0)
                Add(block.Higher[row], block.TiesBelow[row], block.Ties[row], block.Weights[row]);
            else
                AddSoft(block, row);
        }
    }

    /// <summary>The weighted share of rows whose true class is among the k highest scores; NaN without rows.</summary>
    public TopKAccuracy[] ToAccuracies()
    {
        TopKAccuracy[] result = new TopKAccuracy[_optimistic.Length];
        CompensatedSum untied = default, lower = default, optimistic = default, pessimistic = default;
        for (var k = 0; k < result.Length; k++)
        {
            untied.Add(_untied[k].Value);
            untied.Add(_plain[k]);
            lower.Add(_lowerIndexFirst[k].Value);
            optimistic.Add(_optimistic[k].Value);
            pessimistic.Add(_pessimistic[k].Value);
            result[k] = new(
                k + 1,
                (untied.Value + lower.Value) / _weight.Value,
                (untied.Value + optimistic.Value) / _weight.Value,
                (untied.Value + pessimistic.Value) / _weight.Value);
        }
        return result;
    }

    private void Add(int higher, int tiesBelow, int ties, double weight)
    {
        if (ties == 0)
        {
            // Nearly every row: one rank, whichever way ties go.
            _untied[higher].Add(weight);
            return;
        }
        _lowerIndexFirst[higher + tiesBelow].Add(weight);
        _optimistic[higher].Add(weight);
        _pessimistic[higher + ties].Add(weight);
    }

    private void AddSoft(EvaluatedBlock block, int row)
    {
        for (var k = 0; k < classes; k++)
        {
            var share = block.TargetOf(k, row);
            if (share == 0)
                continue;
            (var higher, var tiesBelow, var ties) = RankOf(block, k, row);
            Add(higher, tiesBelow, ties, block.Weights[row] * share);
        }
    }

    private static (int Higher, int TiesBelow, int Ties) RankOf(EvaluatedBlock block, int k, int row)
    {
        var own = block.Scores[k * block.Stride + row];
        int higher = 0, tiesBelow = 0, ties = -1;
        for (var j = 0; j < block.Classes; j++)
        {
            var score = block.Scores[j * block.Stride + row];
            higher += score > own ? 1 : 0;
            ties += score == own ? 1 : 0;
            tiesBelow += score == own && j < k ? 1 : 0;
        }
        return (higher, tiesBelow, ties);
    }
}
