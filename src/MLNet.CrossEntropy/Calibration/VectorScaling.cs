using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>
/// A scale a_k and an offset c_k for each class that minimise the log-loss (nats) of the logits <c>a_k z_k + c_k</c>, a convex problem.
/// (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 4.2.) With two classes and logits
/// (0, s) it is Platt's sigmoid <c>1 / (1 + exp(-a s - c))</c> fitted by maximum likelihood. (Platt 1999, "Probabilistic outputs for
/// support vector machines"; his smoothed targets are not used.)
/// </summary>
/// <remarks>Adding a number to all offsets changes nothing; those returned sum to 0.</remarks>
internal static class VectorScaling
{
    private const int MostIterations = 2000;
    private const double Tolerance = 1e-10;

    // The mean of q (1 - q): below this a class is told from the others beyond doubt, and the loss has no minimum.
    private const double LeastDoubt = 1e-7;

    /// <summary>Fits the scales and offsets, [classes] each.</summary>
    /// <exception cref="InvalidOperationException">There is no optimum: a class has no rows, or the rows are separable.</exception>
    public static (double[] Scales, double[] Offsets, int Iterations, double Gradient) Fit(
        CalibrationRows rows, IReadOnlyList<string> classNames)
    {
        var classes = rows.Classes;
        var shares = rows.ClassShares();
        string[] absent = [.. Enumerable.Range(0, classes).Where(k => shares[k] == 0).Select(k => classNames[k])];
        if (absent.Length > 0)
            throw CalibrationErrors.ClassWithoutRows(absent);

        // Standardised logits u = (z - m) / s make all parameters of about the same curvature. A logit that is constant has u = 0.
        (var means, var deviations) = Moments(rows);
        if (Array.TrueForAll(deviations, s => s == 0))
            throw CalibrationErrors.ConstantLogits();
        double[] start = [.. deviations, .. means];
        var found = Lbfgs.Minimize((x, gradient) => Loss(rows, means, deviations, x, gradient), start, Tolerance, MostIterations);
        if (Doubts(rows, means, deviations, found.Point).Min() < LeastDoubt)
            throw CalibrationErrors.SeparableLogits();
        if (!found.Converged)
            throw CalibrationErrors.CalibrationDidNotConverge("vector scaling", MostIterations);

        double[] scales = new double[classes], offsets = new double[classes];
        for (var k = 0; k < classes; k++)
        {
            scales[k] = deviations[k] > 0 ? found.Point[k] / deviations[k] : 1;
            offsets[k] = found.Point[classes + k] - scales[k] * means[k];
        }
        var mean = offsets.Average();
        return (scales, [.. offsets.Select(offset => offset - mean)], found.Iterations, found.GradientNorm);
    }

    /// <summary>The loss of the logits <c>A_k u_k + B_k</c>, parameters being [A, B], and its gradient.</summary>
    private static double Loss(CalibrationRows rows, double[] means, double[] deviations, double[] parameters, double[] gradient)
    {
        var classes = rows.Classes;
        CompensatedSum loss = default;
        double[] u = new double[classes], logits = new double[classes], terms = new double[classes];
        gradient.AsSpan().Clear();
        for (var i = 0; i < rows.Count; i++)
        {
            var softmax = Terms(rows.Logits(i), means, deviations, parameters, u, logits, terms);
            var label = rows.Label(i);
            var share = rows.Share(i);
            loss.Add(share * softmax.Surprisal(logits[label]));
            for (var k = 0; k < classes; k++)
            {
                var error = share * softmax.Difference(k, terms[k], 1, k == label ? 1 : 0);
                gradient[k] += error * u[k];
                gradient[classes + k] += error;
            }
        }
        return loss.Value;
    }

    /// <summary>The mean of <c>q_k (1 - q_k)</c> for each class.</summary>
    private static double[] Doubts(CalibrationRows rows, double[] means, double[] deviations, double[] parameters)
    {
        var classes = rows.Classes;
        double[] u = new double[classes], logits = new double[classes], terms = new double[classes], doubts = new double[classes];
        for (var i = 0; i < rows.Count; i++)
        {
            var softmax = Terms(rows.Logits(i), means, deviations, parameters, u, logits, terms);
            for (var k = 0; k < classes; k++)
                doubts[k] += rows.Share(i) * softmax.Probability(terms[k]) * softmax.Complement(k, terms[k]);
        }
        return doubts;
    }

    private static SoftmaxTerms Terms(
        ReadOnlySpan<double> z, double[] means, double[] deviations, double[] parameters, double[] u, double[] logits, double[] terms)
    {
        for (var k = 0; k < u.Length; k++)
        {
            u[k] = deviations[k] > 0 ? (z[k] - means[k]) / deviations[k] : 0;
            logits[k] = parameters[k] * u[k] + parameters[u.Length + k];
        }
        return SoftmaxTerms.Of<double>(logits, terms);
    }

    private static (double[] Means, double[] Deviations) Moments(CalibrationRows rows)
    {
        double[] means = new double[rows.Classes], squares = new double[rows.Classes];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < means.Length; k++)
                means[k] += rows.Share(i) * rows.Logits(i)[k];
        }
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < means.Length; k++)
            {
                var deviation = rows.Logits(i)[k] - means[k];
                squares[k] += rows.Share(i) * deviation * deviation;
            }
        }
        // Below this share of the mean, a deviation is rounding.
        return (means, [.. squares.Select((square, k) => Math.Sqrt(square) is var s && s > 1e-12 * Math.Abs(means[k]) ? s : 0)]);
    }
}
