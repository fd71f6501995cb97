using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// NAdam: <see cref="Adam"/> with Nesterov's look-ahead, under a momentum that warms up.
/// <code>
/// g &lt;- g + d p                                 d = weight decay
/// m &lt;- b1 m + (1 - b1) g
/// s &lt;- b2 s + (1 - b2) g^2
/// mu_t = b1 (1 - 0.96^(t psi) / 2)             psi = momentum decay, t = 1, 2, ...
/// P_t  = mu_1 mu_2 ... mu_t
/// p &lt;- p - lr ((1 - mu_t) g / (1 - P_t) + mu_(t+1) m / (1 - P_(t+1))) / (sqrt(s / (1 - b2^t)) + eps)
/// </code>
/// </summary>
/// <remarks>Dozat 2016, Incorporating Nesterov Momentum into Adam. Defaults are PyTorch's, its rate 0.002.</remarks>
public sealed record NAdam : MomentOptimizer
{
    private const string ProductSlot = "momentum product";

    private static readonly string[] Slots = ["mean", "squares"];

    /// <inheritdoc/>
    public override string Name => "NAdam";

    /// <summary>How fast the momentum reaches its full value (psi), at least 0; 0.004 unless set.</summary>
    public double MomentumDecay
    {
        get;
        init => field = Guard.NotNegative(value, nameof(MomentumDecay), "0.004 is the usual choice");
    } = 0.004;

    private protected override ReadOnlySpan<string> SlotNames => Slots;

    /// <inheritdoc/>
    public override OptimizerState<T> CreateState<T>(int length)
    {
        OptimizerState<T>.CheckLength(length);
        return new OptimizerState<T>(
            Name, length, steps: 0, (Slots[0], new T[length]), (Slots[1], new T[length]), (ProductSlot, [T.One]));
    }

    /// <inheritdoc/>
    public override void Advance<T>(OptimizerState<T> state)
    {
        base.Advance(state);
        state.Slot(ProductSlot)[0] *= T.CreateTruncating(Momentum(state.Steps));
    }

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    {
        var t = state.Steps + 1;
        var momentum = Momentum(t);
        var nextMomentum = Momentum(t + 1);
        var product = double.CreateTruncating(state.Slot(ProductSlot)[0]) * momentum;
        var rule = new Rule<T>(
            this,
            gradientRate: learningRate * (1 - momentum) / (1 - product),
            meanRate: learningRate * nextMomentum / (1 - (product * nextMomentum)),
            rootCorrection2: Math.Sqrt(Correction2(t)));
        Elementwise.Update(rule, parameters, gradient, state, offset);
    }

    private double Momentum(long t) => Beta1 * (1 - (0.5 * Math.Pow(0.96, t * MomentumDecay)));

    private readonly struct Rule<T>(NAdam rule, double gradientRate, double meanRate, double rootCorrection2) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _gradientRate = Elementwise.All<T>(gradientRate);
        private readonly Vector<T> _meanRate = Elementwise.All<T>(meanRate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep1 = Elementwise.All<T>(rule.Beta1);
        private readonly Vector<T> _take1 = Elementwise.All<T>(1 - rule.Beta1);
        private readonly Vector<T> _keep2 = Elementwise.All<T>(rule.Beta2);
        private readonly Vector<T> _take2 = Elementwise.All<T>(1 - rule.Beta2);
        private readonly Vector<T> _rootCorrection2 = Elementwise.All<T>(rootCorrection2);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 2;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            mean = (_keep1 * mean) + (_take1 * penalised);
            squares = (_keep2 * squares) + (_take2 * penalised * penalised);
            var size = (Vector.SquareRoot(squares) / _rootCorrection2) + _epsilon;
            p -= ((_gradientRate * penalised) + (_meanRate * mean)) / size;
        }
    }
}
