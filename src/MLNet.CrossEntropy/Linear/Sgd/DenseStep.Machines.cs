namespace MLNet.CrossEntropy.Linear;

/// <summary>The part of the step that many machines do together.</summary>
internal sealed unsafe partial class DenseStep
{
    protected override void SumOverMachines(ref double loss, ref double weight)
    {
        if (_gradientSum is null)
            return;
        Team.Run(_gradientPhase);
        var sums = _gradient.Span(0, BiasOffset + Outputs + 2);
        ErrorSums.CopyTo(sums[BiasOffset..]);
        (sums[^2], sums[^1]) = ((float)weight, (float)loss);
        _gradientSum.Sum(sums);
        (weight, loss) = (sums[^2], sums[^1]);
        sums.Slice(BiasOffset, Outputs).CopyTo(_biasGradient);
    }

    private void GradientShare(int member)
    {
        var (from, to) = FeatureShare(member);
        if (from < to)
            CompleteGradient(from, to);
    }
}
