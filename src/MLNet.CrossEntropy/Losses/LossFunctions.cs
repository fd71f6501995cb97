using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The cross-entropies as plain functions over rows of float or double: the mean loss in nats of the rows (or cells) that have a label, and
/// its gradient. Sums are in double and compensated. Hard labels are <c>int</c>, soft ones a <see cref="Target{T}"/>, so that scores and
/// target in the wrong order do not compile.
/// </summary>
/// <remarks>
/// The mean of nothing (no rows, no labels) is NaN, and its gradient 0. A gradient may be written over the scores it is of. What does not
/// fit (lengths, a label beyond the classes, a target that is no distribution) is an <see cref="ArgumentException"/>.
/// </remarks>
public static class LossFunctions
{
    /// <summary>Softmax cross-entropy of logits: l = LSE(z) - z_y, dl/dz = softmax(z) - p, with p one-hot.</summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="labels">y, the class of each row [N]; negative for a row without a label.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the logits [N x K]; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double SoftmaxCrossEntropy<T>(ReadOnlySpan<T> logits, ReadOnlySpan<int> labels, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        OfRows(new SoftmaxCrossEntropyKernel(0, default), logits, labels, default, ClassesOf(logits.Length, labels.Length), gradient);

    /// <summary>Softmax cross-entropy of logits with soft labels: l = LSE(z) - sum_k p_k z_k, dl/dz = softmax(z) - p.</summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">p [N x K], a distribution over the classes for each row; a row that is all zero, or has a negative or NaN
    /// number, has no label.</param>
    /// <param name="classes">K.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the logits [N x K]; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double SoftmaxCrossEntropy<T>(ReadOnlySpan<T> logits, Target<T> target, int classes, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        OfRows(new SoftmaxCrossEntropyKernel(0, default), logits, default, Fitting(logits, target, classes), classes, gradient);

    /// <summary>
    /// Negative log-likelihood of log-probabilities, for models that give those: l = -log q_y, dl/d(log q) = -p with p one-hot. An
    /// impossible event (log q = -infinity) costs +infinity.
    /// </summary>
    /// <param name="logProbabilities">log q [N x K] in nats, row by row, each at most 0.</param>
    /// <param name="labels">y, the class of each row [N]; negative for a row without a label.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the log-probabilities [N x K]; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double NegativeLogLikelihood<T>(ReadOnlySpan<T> logProbabilities, ReadOnlySpan<int> labels, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        OfRows(
            default(NegativeLogLikelihoodKernel), logProbabilities, labels, default, ClassesOf(logProbabilities.Length, labels.Length),
                gradient);

    /// <summary>Negative log-likelihood of log-probabilities with soft labels: l = -sum_k p_k log q_k, dl/d(log q) = -p.</summary>
    /// <param name="logProbabilities">log q [N x K] in nats, row by row, each at most 0.</param>
    /// <param name="target">p [N x K], a distribution over the classes for each row; a row that is all zero, or has a negative or NaN
    /// number, has no label.</param>
    /// <param name="classes">K.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the log-probabilities [N x K]; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double NegativeLogLikelihood<T>(
        ReadOnlySpan<T> logProbabilities, Target<T> target, int classes, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        OfRows(
            default(NegativeLogLikelihoodKernel), logProbabilities, default, Fitting(logProbabilities, target, classes), classes, gradient);

    /// <summary>
    /// Sigmoid cross-entropy of logits, cell by cell: l = max(z, 0) - z y + log1p(exp(-|z|)), dl/dz = sigmoid(z) - y.
    /// </summary>
    /// <param name="logits">z, one for each cell.</param>
    /// <param name="target">y, each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the logits; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double SigmoidCrossEntropy<T>(ReadOnlySpan<T> logits, Target<T> target, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        OfCells(new SigmoidCrossEntropyKernel(0, default), logits, target, gradient);

    /// <summary>
    /// Binary cross-entropy of probabilities, cell by cell, for models that give nothing better: l = -y log q - (1 - y) log(1 - q).
    /// An impossible event costs +infinity unless a floor is given. From logits use <see cref="SigmoidCrossEntropy"/>, which needs none.
    /// </summary>
    /// <param name="probabilities">q, one for each cell, each in [0, 1].</param>
    /// <param name="target">y, each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="logFloor">The least that a logarithm may be; -100 is PyTorch's. With a finite floor the gradient is PyTorch's as well,
    /// (q - y) / max(q (1 - q), 1e-12), which ignores it.</param>
    /// <param name="gradient">Receives the mean's gradient with respect to the probabilities; left out for none.</param>
    /// <exception cref="ArgumentException">What does not fit: see the remarks of this class.</exception>
    public static double BinaryCrossEntropy<T>(
        ReadOnlySpan<T> probabilities, Target<T> target, double logFloor = double.NegativeInfinity, Span<T> gradient = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LossErrors.IfNotALogFloor(logFloor, nameof(logFloor));
        return OfCells(new BinaryCrossEntropyKernel(logFloor), probabilities, target, gradient);
    }

    private static int ClassesOf(int scores, int rows)
    {
        if (rows == 0 ? scores > 0 : scores == 0 || scores % rows > 0)
            LossErrors.LogitsDoNotFitLabels(scores, rows);
        return rows == 0 ? 1 : scores / rows;
    }

    private static ReadOnlySpan<T> Fitting<T>(ReadOnlySpan<T> scores, Target<T> target, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (classes < 1 || scores.Length % classes > 0)
            LossErrors.LogitsDoNotFitClasses(scores.Length, classes);
        Throw.IfLengthsDiffer(scores.Length, target.Values.Length, "logits", nameof(target));
        return target.Values;
    }

    private static double OfRows<TKernel, T>(
        TKernel kernel, ReadOnlySpan<T> scores, ReadOnlySpan<int> hard, ReadOnlySpan<T> soft, int classes, Span<T> gradient)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!gradient.IsEmpty)
            Throw.IfLengthsDiffer(scores.Length, gradient.Length, "logits", nameof(gradient));
        var mean = default(Mean);
        var slopes = new T[classes];
        for (var start = 0; start < scores.Length; start += classes)
        {
            var label = hard.IsEmpty ? -1 : hard[start / classes];
            var distribution = soft.IsEmpty ? default : soft.Slice(start, classes);
            mean.Add(
                SoftmaxRow.LossAndGradient(kernel, scores.Slice(start, classes), label, distribution, slopes),
                SoftmaxRow.HasLabel(label, distribution, classes));
            if (!gradient.IsEmpty)
                slopes.CopyTo(gradient[start..]);
        }

        return mean.Of(gradient);
    }

    private static double OfCells<TKernel, T>(TKernel kernel, ReadOnlySpan<T> scores, Target<T> target, Span<T> gradient)
        where TKernel : struct, ISigmoidKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(scores.Length, target.Values.Length, "logits", nameof(target));
        if (!gradient.IsEmpty)
            Throw.IfLengthsDiffer(scores.Length, gradient.Length, "logits", nameof(gradient));
        var mean = default(Mean);
        for (var i = 0; i < scores.Length; i++)
        {
            var y = double.CreateTruncating(target.Values[i]);
            var cell = double.IsNaN(y) ? default : kernel.At(i, double.CreateTruncating(scores[i]), SigmoidRow.CheckCell(y, i));
            mean.Add(cell.Loss, !double.IsNaN(y));
            if (!gradient.IsEmpty)
                gradient[i] = T.CreateTruncating(cell.Slope);
        }

        return mean.Of(gradient);
    }

    /// <summary>The losses of those that have a label.</summary>
    private struct Mean
    {
        private CompensatedSum _sum;
        private long _count;

        public void Add(double loss, bool hasLabel)
        {
            _sum.Add(loss);
            _count += hasLabel ? 1 : 0;
        }

        /// <summary>The mean; the sum's gradient becomes the mean's.</summary>
        public readonly double Of<T>(Span<T> gradient)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (_count == 0)
                return double.NaN;
            foreach (ref var slope in gradient)
                slope /= T.CreateTruncating(_count);
            return _sum.Value / _count;
        }
    }

    /// <summary>Negative log-likelihood of one row of log-probabilities: l = -sum_k p_k log q_k, dl/d(log q_k) = -p_k.</summary>
    private readonly struct NegativeLogLikelihoodKernel : ISoftmaxKernel
    {
        /// <summary>How far above 0 rounding may have carried a log-probability.</summary>
        private const double Rounding = 1e-4;

        public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logProbabilities, TTarget target, Span<T> gradient)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TTarget : struct, ITargetRow, allows ref struct
        {
            var loss = new CompensatedSum();
            for (var k = 0; k < logProbabilities.Length; k++)
            {
                var logProbability = double.CreateTruncating(logProbabilities[k]);
                if (logProbability > Rounding)
                    LossErrors.NotALogProbability(logProbability, k, nameof(logProbabilities));
                loss.Add(StableMath.ZeroOrProduct(target[k], -logProbability));
                gradient[k] = T.CreateTruncating(-target[k]);
            }

            return loss.Value;
        }
    }

    /// <summary>Binary cross-entropy of one cell, from a probability, with logarithms from a floor up.</summary>
    private readonly struct BinaryCrossEntropyKernel(double logFloor) : ISigmoidKernel
    {
        // PyTorch's backward pass: 1e-12 as a float.
        private const double LeastVariance = 1e-12f;

        public CellLoss At(int cell, double probability, double target)
        {
            if (probability is not (>= 0 and <= 1))
                LossErrors.NotAProbability(probability, cell, "probabilities");
            var loss = StableMath.ZeroOrProduct(target, -Math.Max(Math.Log(probability), logFloor))
                + StableMath.ZeroOrProduct(1 - target, -Math.Max(StableMath.Log1P(-probability), logFloor));
            var slope = double.IsFinite(logFloor)
                ? (probability - target) / Math.Max(probability * (1 - probability), LeastVariance)
                : Share(1 - target, 1 - probability) - Share(target, probability);
            return new CellLoss(loss, slope);
        }

        private static double Share(double part, double whole) => part == 0 ? 0 : part / whole;
    }
}
