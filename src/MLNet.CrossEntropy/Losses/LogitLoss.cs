using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// A loss of logits, never of probabilities: a probability rounded to 0 or 1 has already lost what its logarithm needs.
/// A loss is immutable and may be used from several threads at once.
/// </summary>
/// <remarks>Its parameters are public properties: by them a checkpoint knows the loss that it is of.</remarks>
internal abstract class LogitLoss
{
    // The prior of a class that no row has: rare enough to cost nothing, not so rare that it could never be learnt.
    private const double RarestPrior = 1e-6;

    /// <summary>The loss's name, for reports and errors.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The loss of one row in nats and its gradient with respect to the logits. Class weights and smoothing are
    /// included; the example's weight is the caller's to multiply. A row without a label has loss 0 and gradient 0.
    /// </summary>
    /// <param name="logits">z [K].</param>
    /// <param name="target">What the row should have been.</param>
    /// <param name="gradient">Receives dl/dz [K]; must not overlap <paramref name="logits"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, the spans overlap, or the target is not one for K outputs.</exception>
    public abstract double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient);

    /// <inheritdoc cref="LossAndGradient(ReadOnlySpan{float}, RowTarget, Span{float})"/>
    public abstract double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient);

    /// <summary>
    /// The losses and gradients of rows with hard labels, many at a time; false where there is no code for that, and then nothing is
    /// written. A row's results do not depend on the rows beside it; they differ from
    /// <see cref="LossAndGradient(ReadOnlySpan{float}, RowTarget, Span{float})"/>'s
    /// by rounding alone.
    /// </summary>
    internal virtual bool TryHardLabels(HardLabelRows rows) => false;

    /// <summary>
    /// The weight that the target itself brings into the loss, by which a mean is divided beside the example's weight:
    /// the true class's weight (1 without class weights), and 0 for a row without a label.
    /// </summary>
    /// <param name="target">What the row should have been.</param>
    public abstract double TargetWeight(RowTarget target);

    /// <summary>
    /// This loss times the weight of the row's class: w l, for a soft label <c>sum_k p_k w_k</c> times l. The weight also enters what
    /// a mean is divided by.
    /// </summary>
    /// <param name="weights">One finite weight of at least 0 for each class; two for one sigmoid output, whose classes are 0 and 1.</param>
    internal virtual LogitLoss WithClassWeights(IReadOnlyList<double> weights) =>
        throw new NotSupportedException($"{Name} knows no class weights.");

    /// <summary>
    /// The log-loss by which a model fitted with this loss is evaluated on rows that were held out: cross-entropy with the same class
    /// weights, but not smoothed.
    /// </summary>
    internal virtual LogitLoss LogLoss => this;

    /// <summary>
    /// A bound c on the second derivative of the loss along any unit direction of the logits (for a loss that is not convex,
    /// its size near the optimum), from which learning rates are derived: 1/2 for softmax losses (Boehning 1992), 1/4 for sigmoid ones.
    /// </summary>
    internal virtual double Curvature => 0.5;

    /// <summary>Whether <see cref="CurvatureTerms"/> are known: for the cross-entropies, which are convex in the logits.</summary>
    internal virtual bool HasCurvature => false;

    /// <summary>
    /// Whether each output's loss depends on its own logit alone, so that the curvature of many rows is as good as that of one long one.
    /// </summary>
    internal virtual bool HasIndependentOutputs => false;

    /// <summary>
    /// All that products with the loss's second derivative in the logits need to know of a row, class weights included. Terms times a
    /// number stand for the second derivative times that number.
    /// </summary>
    /// <param name="logits">z [K].</param>
    /// <param name="target">What the row should have been.</param>
    /// <param name="terms">Receives the terms [K]; must not overlap the logits.</param>
    internal virtual void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms) => throw NoCurvature();

    /// <summary>
    /// The <see cref="CurvatureTerms"/> of rows with hard labels, many at a time; false where there is no code for that, and then nothing
    /// is written. They differ from those of one row at a time by rounding alone.
    /// </summary>
    /// <param name="labels">The class of each row; negative for a row without a label.</param>
    /// <param name="logits">The logits <c>[rows, outputs]</c>.</param>
    /// <param name="terms">Receives the terms <c>[rows, outputs]</c>.</param>
    internal virtual bool TryHardLabelTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, Span<float> terms) => false;

    /// <summary>The product of the loss's second derivative in the logits and a direction, <c>(d2 l / dz dz') v</c>.</summary>
    /// <param name="terms">The row's <see cref="CurvatureTerms"/> [K].</param>
    /// <param name="direction">v [K]; replaced by the product.</param>
    internal virtual void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction) => throw NoCurvature();

    /// <summary>The diagonal of the loss's second derivative in the logits, <c>d2 l / dz_k^2</c>.</summary>
    /// <param name="terms">The row's <see cref="CurvatureTerms"/> [K].</param>
    /// <param name="diagonal">Receives the diagonal [K].</param>
    internal virtual void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal) => throw NoCurvature();

    /// <summary>
    /// The loss's second derivative in the logits as a sum over pairs of outputs, <c>sum_kl s_kl (e_k - e_l) (e_k - e_l)'</c>, where
    /// outputs depend on each other: with s at least 0, nothing cancels.
    /// </summary>
    /// <param name="terms">The row's <see cref="CurvatureTerms"/> [K].</param>
    /// <param name="pairs">Receives s of the pairs l &lt; k: (1, 0), (2, 0), (2, 1) and so on.</param>
    internal virtual void CurvaturePairs(ReadOnlySpan<float> terms, Span<float> pairs) => throw NoCurvature();

    /// <summary>
    /// Logits [K] that predict the mean targets [K] whatever the features: the best biases of a model without weights.
    /// For a softmax log p, centred; for a sigmoid log(p / (1 - p)).
    /// </summary>
    internal virtual void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits)
    {
        double mean = 0;
        for (var k = 0; k < logits.Length; k++)
        {
            logits[k] = Math.Log(Math.Max(meanTargets[k], RarestPrior));
            mean += logits[k] / logits.Length;
        }

        for (var k = 0; k < logits.Length; k++)
            logits[k] -= mean;
    }

    /// <summary><see cref="PriorLogits"/> of independent outputs: log(p / (1 - p)).</summary>
    private protected static void IndependentPriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits)
    {
        for (var k = 0; k < logits.Length; k++)
        {
            var p = Math.Clamp(meanTargets[k], RarestPrior, 1 - RarestPrior);
            logits[k] = Math.Log(p / (1 - p));
        }
    }

    private NotSupportedException NoCurvature() => new($"The second derivative of {Name} is not known.");
}

/// <summary>A run of rows with hard labels, and room for what a loss has to say of them.</summary>
internal readonly ref struct HardLabelRows
{
    /// <summary>The number of outputs K.</summary>
    public required int Outputs { get; init; }

    /// <summary>The class of each row; negative for a row without a label.</summary>
    public required ReadOnlySpan<int> Labels { get; init; }

    /// <summary>The logits <c>[rows, outputs]</c>.</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>Receives the gradients in the logits <c>[rows, outputs]</c>, class weights included.</summary>
    public required Span<float> Gradients { get; init; }

    /// <summary>Receives the loss of each row in nats, class weights included.</summary>
    public required Span<double> Losses { get; init; }

    /// <summary>Receives the weight that each row's target brings (see <see cref="LogitLoss.TargetWeight"/>).</summary>
    public required Span<float> TargetWeights { get; init; }

    /// <summary>Refuses what pointers would follow out of their memory: kernels look at no bound again.</summary>
    /// <exception cref="ArgumentException">There is less room than the rows need.</exception>
    public void Check()
    {
        int rows = Labels.Length, cells = rows * Outputs;
        if (Logits.Length < cells || Gradients.Length < cells || Losses.Length < rows || TargetWeights.Length < rows)
            throw new ArgumentException($"{rows} rows of {Outputs} outputs have {Logits.Length} logits, and room for {Gradients.Length} "
                + $"gradients, {Losses.Length} losses and {TargetWeights.Length} weights.");
    }
}

/// <summary>
/// What one row should have been: a class index (a hard label; negative for no label), or one number for each output
/// (a soft label's distribution, or the 0, 1 and NaN cells of a multi-label row). <c>default</c> is no label.
/// </summary>
internal readonly ref struct RowTarget
{
    // Shifted by one so that default means no label, not class 0.
    private readonly int _indexPlusOne;

    private RowTarget(int index, ReadOnlySpan<float> vector)
    {
        _indexPlusOne = index + 1;
        Vector = vector;
    }

    /// <summary>The class index of a hard label; -1 where there is no label or the target is a vector.</summary>
    public int ClassIndex => _indexPlusOne - 1;

    /// <summary>One number for each output; empty for a hard label.</summary>
    public ReadOnlySpan<float> Vector { get; }

    /// <summary>Whether this is a hard label (or none) and not a vector.</summary>
    public bool IsClass => Vector.IsEmpty;

    /// <summary>A hard label: the zero-based class, or any negative number for a row without a label.</summary>
    public static RowTarget Class(int index) => new(Math.Max(index, -1), default);

    /// <summary>
    /// One number for each output. Softmax losses read a distribution over the classes (a row that is all zero, or has a
    /// negative or NaN number, is a row without a label); sigmoid losses read 0, 1, anything between, or NaN for a cell
    /// without a label.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="values"/> is empty.</exception>
    public static RowTarget Values(ReadOnlySpan<float> values)
    {
        Throw.IfEmpty(values.Length, nameof(values));
        return new RowTarget(-1, values);
    }
}
