using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// The reference objective for any targets, slow and plain, in double: <c>sum_i w_i l(W x_i + b) / sum_i w_i + l2/2 ||W||^2</c>.
/// The losses themselves are held to PyTorch's elsewhere.
/// </summary>
/// <param name="Loss">l.</param>
/// <param name="Rows">x, <c>[rows][features]</c>.</param>
/// <param name="Targets">A distribution or the answers of each row.</param>
/// <param name="Weights">w.</param>
/// <param name="L2">The penalty.</param>
internal sealed record ReferenceObjective(LogitLoss Loss, float[][] Rows, float[][] Targets, double[] Weights, double L2)
{
    /// <summary>The objective and its gradient at <c>[W, b]</c>.</summary>
    public (double Value, double[] Gradient) At(float[] parameters)
    {
        int outputs = Targets[0].Length, features = Rows[0].Length;
        double[] gradient = new double[parameters.Length], logits = new double[outputs], slope = new double[outputs];
        double value = 0, weightSum = Weights.Select((weight, i) => weight * Loss.TargetWeight(RowTarget.Values(Targets[i]))).Sum();
        for (var i = 0; i < Rows.Length; i++)
        {
            for (var k = 0; k < outputs; k++)
                logits[k] = parameters[outputs * features + k] + Rows[i].Select((x, f) => (double)x * parameters[k * features + f]).Sum();
            value += Weights[i] / weightSum * Loss.LossAndGradient(logits, RowTarget.Values(Targets[i]), slope);
            for (var k = 0; k < outputs; k++)
            {
                var share = Weights[i] / weightSum * slope[k];
                gradient[outputs * features + k] += share;
                for (var f = 0; f < features; f++)
                    gradient[k * features + f] += share * Rows[i][f];
            }
        }

        for (var w = 0; w < outputs * features; w++)
        {
            value += L2 / 2 * parameters[w] * parameters[w];
            gradient[w] += L2 * parameters[w];
        }
        return (value, gradient);
    }

    /// <summary>The Euclidean norm of the gradient: near 0 at the optimum alone, where the loss is convex.</summary>
    public double GradientNorm(float[] parameters) => Math.Sqrt(At(parameters).Gradient.Sum(g => g * g));
}
