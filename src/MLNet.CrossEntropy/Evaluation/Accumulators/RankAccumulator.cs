using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The rank of the true class among the scores, 0 for the highest. Ties go to the lower class index; counted in the true
/// class's favour or against it they give the optimistic and the pessimistic rank.
/// </summary>
internal sealed class RankAccumulator(int classes)
{
    private readonly CompensatedSum[] _lowerIndexFirst = new CompensatedSum[classes];
    private readonly CompensatedSum[] _optimistic = new CompensatedSum[classes];
    private readonly CompensatedSum[] _pessimistic = new CompensatedSum[classes];
    private CompensatedSum _weight;

    public void Add(in EvaluatedRow row)
    {
        _weight.Add(row.Weight);
        if (!row.IsSoft)
            Add(row.Scores, row.Label, row.Weight);
        for (int k = 0; k < row.Target.Length; k++)
        {
            if (row.Target[k] > 0)
                Add(row.Scores, k, row.Weight * row.Target[k]);
        }
    }

    public void Merge(RankAccumulator other)
    {
        _weight.Add(other._weight.Value);
        for (int k = 0; k < _optimistic.Length; k++)
        {
            _lowerIndexFirst[k].Add(other._lowerIndexFirst[k].Value);
            _optimistic[k].Add(other._optimistic[k].Value);
            _pessimistic[k].Add(other._pessimistic[k].Value);
        }
    }

    /// <summary>The weighted share of rows whose true class is among the k highest scores; NaN without rows.</summary>
    public TopKAccuracy[] ToAccuracies()
    {
        TopKAccuracy[] result = new TopKAccuracy[_optimistic.Length];
        CompensatedSum lower = default, optimistic = default, pessimistic = default;
        for (int k = 0; k < result.Length; k++)
        {
            lower.Add(_lowerIndexFirst[k].Value);
            optimistic.Add(_optimistic[k].Value);
            pessimistic.Add(_pessimistic[k].Value);
            result[k] = new(k + 1, lower.Value / _weight.Value, optimistic.Value / _weight.Value, pessimistic.Value / _weight.Value);
        }
        return result;
    }

    private void Add(ReadOnlySpan<float> scores, int label, double weight)
    {
        float own = scores[label];
        int higher = 0, equalBelow = 0, equal = -1;
        for (int k = 0; k < scores.Length; k++)
        {
            if (scores[k] > own)
            {
                higher++;
            }
            else if (scores[k] == own)
            {
                equal++;
                if (k < label)
                    equalBelow++;
            }
        }
        _lowerIndexFirst[higher + equalBelow].Add(weight);
        _optimistic[higher].Add(weight);
        _pessimistic[higher + equal].Add(weight);
    }
}
