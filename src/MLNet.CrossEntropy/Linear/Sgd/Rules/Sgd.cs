using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The rule of <see cref="Optimizer.Sgd"/>.</summary>
internal sealed record Sgd : Optimizer
{
    /// <inheritdoc/>
    public override string Name => Momentum == 0 ? "SGD" : Nesterov ? "SGD with Nesterov momentum" : "SGD with momentum";

    /// <summary>The share m of the velocity that each step keeps, in [0, 1); 0 is plain SGD.</summary>
    public double Momentum
    {
        get;
        init => field = CheckShare(value, nameof(Momentum), "0.9 is the usual choice, 0 means none");
    }

    /// <summary>Whether the step looks ahead along the velocity; without momentum it changes nothing.</summary>
    public bool Nesterov { get; init; }

    /// <summary>The share of the gradient kept out of the velocity after the first step, in [0, 1]; Nesterov ignores it.</summary>
    public double Dampening
    {
        get;
        init => field = Guard.Range(value, value is >= 0 and <= 1, nameof(Dampening), "in [0, 1]", "0 is the usual choice");
    }

    /// <summary>
    /// How far a step moves in the long run for each unit of a constant gradient, <c>lr (1 - dampening) / (1 - m)</c>: the rate with
    /// which a penalty applied beside the gradient, such as L1's proximal step, must be multiplied to keep the objective's optimum.
    /// </summary>
    internal double LongRunRate(double learningRate) =>
        learningRate * (Nesterov || Momentum == 0 ? 1 : 1 - Dampening) / (1 - Momentum);

    internal override int Slots => Momentum == 0 ? 0 : 1;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    {
        if (Momentum == 0)
        {
            Elementwise.Update(new Plain<T>(learningRate, WeightDecay), parameters, gradient, state, offset);
            return;
        }

        if (Nesterov)
        {
            Elementwise.Update(new LookAhead<T>(learningRate, WeightDecay, Momentum), parameters, gradient, state, offset);
            return;
        }

        var share = state.Steps == 0 ? 1 : 1 - Dampening;
        Elementwise.Update(new HeavyBall<T>(learningRate, WeightDecay, Momentum, share), parameters, gradient, state, offset);
    }

    private readonly struct Plain<T>(double rate, double decay) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);

        public static int Slots => 0;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c) =>
            p -= _rate * (g + (_decay * p));
    }

    private readonly struct HeavyBall<T>(double rate, double decay, double momentum, double share) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);
        private readonly Vector<T> _momentum = Elementwise.All<T>(momentum);
        private readonly Vector<T> _share = Elementwise.All<T>(share);

        public static int Slots => 1;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> velocity, ref Vector<T> b, ref Vector<T> c)
        {
            velocity = (_momentum * velocity) + (_share * (g + (_decay * p)));
            p -= _rate * velocity;
        }
    }

    private readonly struct LookAhead<T>(double rate, double decay, double momentum) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);
        private readonly Vector<T> _momentum = Elementwise.All<T>(momentum);

        public static int Slots => 1;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> velocity, ref Vector<T> b, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            velocity = (_momentum * velocity) + penalised;
            p -= _rate * (penalised + (_momentum * velocity));
        }
    }
}
