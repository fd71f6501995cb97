using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The weighted share of rows whose predicted class is the true one; a soft label counts by its share of that class.</summary>
internal sealed class AccuracyAccumulator
{
    private CompensatedSum _correct;
    private CompensatedSum _total;

    /// <summary>NaN without rows.</summary>
    public double Accuracy => _correct.Value / _total.Value;

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _correct);
        state.Raw(ref _total);
    }

    public void Add(EvaluatedBlock block)
    {
        _total.Add(SpanMath.Sum(block.Weights.AsSpan(0, block.Count)));
        _correct.Add(SpanMath.Dot(block.Weights.AsSpan(0, block.Count), block.Hits.AsSpan(0, block.Count)));
        foreach ((_, _, var weight) in block.Mistakes)
            _total.Add(weight);
    }
}

/// <summary>The Brier score (1950) in its original form over K classes, <c>sum_i w_i sum_k (q_ik - p_ik)^2 / sum_i w_i</c>.</summary>
internal sealed class BrierAccumulator
{
    private CompensatedSum _squares;
    private CompensatedSum _weight;

    /// <summary>0 is perfect, 2 always certain and wrong; NaN without rows.</summary>
    public double Score => _squares.Value / _weight.Value;

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _squares);
        state.Raw(ref _weight);
    }

    public void Add(EvaluatedBlock block)
    {
        _squares.Add(SpanMath.Dot(block.Weights.AsSpan(0, block.Count), block.SquaredErrors.AsSpan(0, block.Count)));
        _weight.Add(SpanMath.Sum(block.Weights.AsSpan(0, block.Count)));
    }
}

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

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        foreach (var ofRank in (CompensatedSum[][])[_untied, _lowerIndexFirst, _optimistic, _pessimistic])
            state.Raw<CompensatedSum>(ofRank);
        state.Raw<long>(_plain);
        state.Raw(ref _weight);
    }

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

    /// <summary>Takes over the counts of rows of weight 1, which are whole numbers.</summary>
    public void Merge(RankAccumulator part)
    {
        _weight.Add(part._weight.Value);
        for (var k = 0; k < classes; k++)
        {
            _plain[k] += part._plain[k];
            _untied[k].Add(part._untied[k].Value);
            _lowerIndexFirst[k].Add(part._lowerIndexFirst[k].Value);
            _optimistic[k].Add(part._optimistic[k].Value);
            _pessimistic[k].Add(part._pessimistic[k].Value);
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

/// <summary>Rows and weights by true class and predicted class.</summary>
internal sealed class ConfusionAccumulator(int classes)
{
    private readonly long[] _rows = new long[classes * classes];
    private readonly CompensatedSum[] _weights = new CompensatedSum[classes * classes];

    // Rows of weight 1, which need no compensated sum.
    private readonly long[] _plain = new long[classes * classes];

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw<long>(_rows);
        state.Raw<CompensatedSum>(_weights);
        state.Raw<long>(_plain);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(EvaluatedBlock block)
    {
        (var labels, var predicted, var plain) = (block.Labels, block.Predicted, _plain);
        if (block.ByClass.IsPlain)
        {
            for (var row = 0; row < block.Count; row++)
                plain[labels[row] * classes + predicted[row]]++;
            return;
        }
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] >= 0)
                Add(block.Labels[row], block.Predicted[row], block.Weights[row]);
            else
                AddSoft(block, row);
        }
    }

    /// <summary>Takes over the counts of rows of weight 1.</summary>
    public void Merge(ConfusionAccumulator part)
    {
        for (var cell = 0; cell < _plain.Length; cell++)
            _plain[cell] += part._plain[cell];
    }

    public ClassConfusionMatrix ToMatrix(IReadOnlyList<string> names)
    {
        var rows = new long[classes, classes];
        var weights = new double[classes, classes];
        for (var i = 0; i < _rows.Length; i++)
        {
            rows[i / classes, i % classes] = _rows[i] + _plain[i];
            weights[i / classes, i % classes] = _weights[i].Value + _plain[i];
        }
        return new(names, rows, weights);
    }

    private void AddSoft(EvaluatedBlock block, int row)
    {
        for (var k = 0; k < classes; k++)
        {
            var share = block.TargetOf(k, row);
            if (share > 0)
                Add(k, block.Predicted[row], block.Weights[row] * share);
        }
    }

    private void Add(int actual, int predicted, double weight)
    {
        var cell = actual * classes + predicted;
        _rows[cell]++;
        _weights[cell].Add(weight);
    }
}
