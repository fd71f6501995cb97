namespace MLNet.CrossEntropy;

/// <summary>Each class's probability as a forecast of the event "the label is this class", and the top label's as one of "it is right".</summary>
internal sealed class OneVersusRestAccumulator
{
    private readonly ScoreDistribution[] _ofClass;
    private readonly ReliabilityAccumulator[] _reliability;

    public OneVersusRestAccumulator(int classes, int reliabilityBins)
    {
        _ofClass = [.. Enumerable.Range(0, classes).Select(_ => new ScoreDistribution())];
        _reliability = [.. Enumerable.Range(0, classes).Select(_ => new ReliabilityAccumulator(reliabilityBins))];
    }

    public ScoreDistribution TopLabel { get; } = new();

    public ReadOnlySpan<ScoreDistribution> OfClass => _ofClass;

    public ReadOnlySpan<ReliabilityAccumulator> Reliability => _reliability;

    public void Add(in EvaluatedRow row)
    {
        for (int k = 0; k < _ofClass.Length; k++)
        {
            double hit = row.TargetOf(k);
            _ofClass[k].Add(row.Probabilities[k], row.Complements[k], row.Weight * hit, row.Weight * (1 - hit));
            _reliability[k].Add(row.Probabilities[k], row.Complements[k], hit, row.Weight);
        }
        int top = row.Predicted;
        double topHit = row.TargetOf(top);
        TopLabel.Add(row.Probabilities[top], row.Complements[top], row.Weight * topHit, row.Weight * (1 - topHit));
    }

    public void Merge(OneVersusRestAccumulator other)
    {
        for (int k = 0; k < _ofClass.Length; k++)
        {
            _ofClass[k].Merge(other._ofClass[k]);
            _reliability[k].Merge(other._reliability[k]);
        }
        TopLabel.Merge(other.TopLabel);
    }
}
