using System.Numerics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy;

/// <summary>
/// Rectified Adam: <see cref="Adam"/> whose first steps, while the running mean of squares still rests on too few gradients, are plain
/// momentum, and are then scaled by a rectifier that grows to 1. It needs no warm-up.
/// <code>
/// g &lt;- g + d p                                d = weight decay
/// m &lt;- b1 m + (1 - b1) g
/// s &lt;- b2 s + (1 - b2) g^2
/// rho_inf = 2 / (1 - b2) - 1,  rho = rho_inf - 2 t b2^t / (1 - b2^t)
/// rho &gt; 5:  r = sqrt((rho - 4)(rho - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho))
///           p &lt;- p - lr r m / (1 - b1^t) sqrt(1 - b2^t) / (sqrt(s) + eps)
/// else      p &lt;- p - lr m / (1 - b1^t)
/// </code>
/// </summary>
/// <remarks>Liu et al. 2020, On the Variance of the Adaptive Learning Rate and Beyond, Algorithm 2. Defaults are PyTorch's, its rate 0.001.</remarks>
public sealed record RAdam : MomentOptimizer
{
    private static readonly string[] Slots = ["mean", "squares"];

    /// <inheritdoc/>
    public override string Name => "RAdam";

    private protected override ReadOnlySpan<string> SlotNames => Slots;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    {
        var t = state.Steps + 1;
        var rate = learningRate / Correction1(t);
        var infinite = (2 / (1 - Beta2)) - 1;
        var length = infinite - (2 * t * Math.Pow(Beta2, t) / Correction2(t));
        var rectified = length > 5;
        if (rectified)
        {
            var rectifier = (length - 4) * (length - 2) * infinite / ((infinite - 4) * (infinite - 2) * length);
            rate *= Math.Sqrt(rectifier * Correction2(t));
        }

        Elementwise.Update(new Rule<T>(this, rate, rectified), parameters, gradient, state, offset);
    }

    private readonly struct Rule<T>(RAdam rule, double rate, bool rectified) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep1 = Elementwise.All<T>(rule.Beta1);
        private readonly Vector<T> _take1 = Elementwise.All<T>(1 - rule.Beta1);
        private readonly Vector<T> _keep2 = Elementwise.All<T>(rule.Beta2);
        private readonly Vector<T> _take2 = Elementwise.All<T>(1 - rule.Beta2);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 2;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            mean = (_keep1 * mean) + (_take1 * penalised);
            squares = (_keep2 * squares) + (_take2 * penalised * penalised);
            var step = _rate * mean;
            p -= rectified ? step / (Vector.SquareRoot(squares) + _epsilon) : step;
        }
    }
}
