using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>
/// The temperature T &gt; 0 that minimises <c>sum_i w_i (LSE(z_i / T) - z_iy / T) / sum_i w_i</c>, the log-loss (nats) of the logits z
/// divided by it. (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 4.2.)
/// </summary>
/// <remarks>
/// The loss is convex in <c>s = 1/T</c>, with derivative <c>E[sum_k q_k z_k - z_y]</c> and second derivative <c>E[Var_q z]</c>, q being
/// <c>softmax(s z)</c>; Newton's method within a bracket finds its only root.
/// </remarks>
internal static class TemperatureScaling
{
    private const int MostIterations = 200;
    private const double Tolerance = 1e-12;

    // With logits of any use, the scale doubles only a few times before a row that is wrong begins to cost.
    private const double LargestScale = 1L << 40;

    /// <summary>The scale 1/T of the logits at the optimum.</summary>
    /// <exception cref="InvalidOperationException">There is none: the log-loss falls for ever as T goes to 0 or to infinity, or T
    /// changes nothing.</exception>
    public static (double Scale, int Iterations, double Gradient) Fit(CalibrationRows rows)
    {
        Derivatives at0 = Derivatives.At(rows, 0);
        if (at0.Second == 0)
            throw CalibrationErrors.ConstantLogits();
        if (at0.First >= -Tolerance * Math.Sqrt(at0.Second))
            throw CalibrationErrors.UninformativeLogits();
        if (rows.TopLogitIsAlwaysRight())
            throw CalibrationErrors.SeparableLogits();

        double low = 0, high = 1;
        while (Derivatives.At(rows, high).First < 0 && high < LargestScale)
            (low, high) = (high, 2 * high);
        double scale = 1;
        for (var iteration = 1; iteration <= MostIterations; iteration++)
        {
            Derivatives at = Derivatives.At(rows, scale);
            if (Math.Abs(scale * at.First) <= Tolerance)
                return (scale, iteration, at.First);
            if (at.First < 0)
                low = scale;
            else
                high = scale;
            var newton = scale - at.First / at.Second;
            var next = newton > low && newton < high ? newton : (low + high) / 2;
            if (next == scale || next == low || next == high)
                return (scale, iteration, at.First);
            scale = next;
        }
        throw CalibrationErrors.CalibrationDidNotConverge("temperature scaling", MostIterations);
    }

    /// <summary>The first two derivatives of the mean loss in the scale.</summary>
    private readonly record struct Derivatives(double First, double Second)
    {
        public static Derivatives At(CalibrationRows rows, double scale)
        {
            CompensatedSum first = default, second = default;
            var terms = new double[rows.Classes];
            for (var i = 0; i < rows.Count; i++)
            {
                var z = rows.Logits(i);
                for (var k = 0; k < terms.Length; k++)
                    terms[k] = scale * z[k];
                SoftmaxTerms softmax = SoftmaxTerms.Of<double>(terms, terms);

                // Around the label's logit: of a row that is right beyond doubt nothing is left to cancel.
                double own = z[rows.Label(i)], mean = 0, square = 0;
                for (var k = 0; k < terms.Length; k++)
                {
                    var probability = softmax.Probability(terms[k]);
                    mean += probability * (z[k] - own);
                    square += probability * (z[k] - own) * (z[k] - own);
                }
                first.Add(rows.Share(i) * mean);
                second.Add(rows.Share(i) * Math.Max(0, square - mean * mean));
            }
            return new(first.Value, second.Value);
        }
    }
}
