using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Optimization.Kernels;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>The part of the step that many machines do together.</summary>
internal sealed unsafe partial class DenseStep
{
    protected override void SumOverMachines(int count, ref double loss, ref double weight)
    {
        if (_gradientSum is null)
            return;
        var sums = _gradient.AsSpan();
        var biases = sums.Slice(BiasOffset, Outputs);
        if (weight > 0)
        {
            _count = count;
            Team.Run(_gradientPhase);
            SumErrors(biases, count);
            SpanMath.Scale(sums, (float)weight);
        }
        else
        {
            sums.Clear();
        }

        (sums[^2], sums[^1]) = ((float)weight, (float)loss);
        _gradientSum.Sum(sums);
        (weight, loss) = (sums[^2], sums[^1]);
        if (weight > 0)
            SpanMath.Scale(sums, (float)(1 / weight));
        biases.CopyTo(_biasGradient);
    }

    private void GradientShare(int member)
    {
        var (from, to) = FeatureShare(member);
        if (from < to)
            DenseBackward.Compute(Rows, _count, from, to, Errors.Pointer, Outputs, _gradient.Pointer, _stride);
    }
}
