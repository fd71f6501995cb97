using System.Numerics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy;

/// <summary>
/// Adamax: <see cref="Adam"/> with the largest recent gradient in place of the root mean square.
/// <code>
/// g &lt;- g + d p                                d = weight decay
/// m &lt;- b1 m + (1 - b1) g
/// u &lt;- max(b2 u, |g| + eps)
/// p &lt;- p - lr m / (1 - b1^t) / u               t = 1, 2, ...
/// </code>
/// </summary>
/// <remarks>Kingma and Ba 2015, Algorithm 2. Defaults are PyTorch's, its rate 0.002.</remarks>
public sealed record Adamax : MomentOptimizer
{
    private static readonly string[] Slots = ["mean", "largest"];

    /// <inheritdoc/>
    public override string Name => "Adamax";

    private protected override ReadOnlySpan<string> SlotNames => Slots;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        Elementwise.Update(
            new Rule<T>(this, learningRate / Correction1(state.Steps + 1)), parameters, gradient, state, offset);

    private readonly struct Rule<T>(Adamax rule, double rate) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep1 = Elementwise.All<T>(rule.Beta1);
        private readonly Vector<T> _take1 = Elementwise.All<T>(1 - rule.Beta1);
        private readonly Vector<T> _keep2 = Elementwise.All<T>(rule.Beta2);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 2;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> largest, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            mean = (_keep1 * mean) + (_take1 * penalised);
            largest = Vector.Max(_keep2 * largest, Vector.Abs(penalised) + _epsilon);
            p -= _rate * mean / largest;
        }
    }
}
