using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Turns the losses and gradients of many rows (or cells) into one answer: each multiplied by its weight, then summed, or
/// divided by the weights' sum.
/// </summary>
internal ref struct BatchReducer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BatchOutput<T> _output;
    private CompensatedSum _loss;
    private CompensatedSum _weight;

    /// <summary>Checks that <paramref name="output"/> fits N rows whose gradients have <paramref name="width"/> numbers each.</summary>
    public BatchReducer(BatchOutput<T> output, int rows, int width)
    {
        Throw.IfUndefined(output.Reduction, "reduction");
        if (output.Reduction == Reduction.None || !output.Losses.IsEmpty)
            Throw.IfLengthsDiffer(rows, output.Losses.Length, "rows", "losses");
        if (!output.Gradient.IsEmpty)
            Throw.IfLengthsDiffer(rows * width, output.Gradient.Length, "logits", "gradient");
        Throw.IfAnyNegativeOrNotFinite(output.Weights, "weights");
        _output = output;
    }

    /// <summary>Takes in one row's loss, its gradient, and the weight that its target brings.</summary>
    public void Add(int row, double loss, scoped ReadOnlySpan<T> gradient, double targetWeight)
    {
        var weight = _output.Weights.IsEmpty ? 1 : _output.Weights[row % _output.Weights.Length];
        var weighted = StableMath.ZeroOrProduct(weight, loss);
        _loss.Add(weighted);
        _weight.Add(weight * targetWeight);
        if (!_output.Losses.IsEmpty)
            _output.Losses[row] = T.CreateTruncating(weighted);
        if (!_output.Gradient.IsEmpty)
            Scale(gradient, weight, _output.Gradient.Slice(row * gradient.Length, gradient.Length));
    }

    /// <summary>The reduced loss. The mean of nothing (no rows, none with a label, all of weight 0) is NaN, its gradient 0.</summary>
    public readonly double Finish()
    {
        if (_output.Reduction != Reduction.Mean)
            return _loss.Value;
        if (_weight.Value == 0)
            return double.NaN;
        Scale(_output.Gradient, 1 / _weight.Value, _output.Gradient);
        return _loss.Value / _weight.Value;
    }

    private static void Scale(scoped ReadOnlySpan<T> source, double factor, Span<T> destination)
    {
        for (var i = 0; i < source.Length; i++)
            destination[i] = T.CreateTruncating(StableMath.ZeroOrProduct(factor, double.CreateTruncating(source[i])));
    }
}
