using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The rule of <see cref="Optimizer.RmsProp"/>.</summary>
internal sealed record RmsProp : Optimizer
{
    /// <inheritdoc/>
    public override string Name => IsPlain ? "RMSProp" : "RMSProp with momentum or centring";

    /// <summary>The share of the running means that each step keeps, in [0, 1); 0.99 unless set.</summary>
    public double Alpha
    {
        get;
        init => field = CheckShare(value, nameof(Alpha), "0.99 is the usual choice");
    } = 0.99;

    /// <summary>Keeps the division finite, above 0; 1e-8 unless set.</summary>
    public double Epsilon
    {
        get;
        init => field = CheckEpsilon(value);
    } = 1e-8;

    /// <summary>The share of the velocity that each step keeps, in [0, 1); 0 unless set.</summary>
    public double Momentum
    {
        get;
        init => field = CheckShare(value, nameof(Momentum), "0.9 is the usual choice, 0 means none");
    }

    /// <summary>Whether steps are divided by the gradients' standard deviation rather than their root mean square.</summary>
    public bool Centered { get; init; }

    private bool IsPlain => Momentum == 0 && !Centered;

    internal override int Slots => IsPlain ? 1 : 3;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    {
        if (IsPlain)
            Elementwise.Update(new Plain<T>(learningRate, this), parameters, gradient, state, offset);
        else
            Elementwise.Update(new Full<T>(learningRate, this), parameters, gradient, state, offset);
    }

    private readonly struct Plain<T>(double rate, RmsProp rule) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep = Elementwise.All<T>(rule.Alpha);
        private readonly Vector<T> _take = Elementwise.All<T>(1 - rule.Alpha);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 1;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> squares, ref Vector<T> b, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            squares = (_keep * squares) + (_take * penalised * penalised);
            p -= _rate * penalised / (Vector.SquareRoot(squares) + _epsilon);
        }
    }

    private readonly struct Full<T>(double rate, RmsProp rule) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep = Elementwise.All<T>(rule.Alpha);
        private readonly Vector<T> _take = Elementwise.All<T>(1 - rule.Alpha);
        private readonly Vector<T> _centre = Elementwise.All<T>(rule.Centered ? 1 : 0);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);
        private readonly Vector<T> _momentum = Elementwise.All<T>(rule.Momentum);

        public static int Slots => 3;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> squares, ref Vector<T> mean, ref Vector<T> velocity)
        {
            var penalised = g + (_decay * p);
            squares = (_keep * squares) + (_take * penalised * penalised);
            mean = (_keep * mean) + (_take * penalised);

            // Rounding can push the variance of a constant gradient below 0, whose root would be NaN.
            Vector<T> variance = Vector.Max(squares - (_centre * mean * mean), Vector<T>.Zero);
            velocity = (_momentum * velocity) + (penalised / (Vector.SquareRoot(variance) + _epsilon));
            p -= _rate * velocity;
        }
    }
}
