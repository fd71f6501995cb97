using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The rule of <see cref="Optimizer.Adam"/>.</summary>
internal record Adam : Optimizer
{
    /// <inheritdoc/>
    public override string Name => AmsGrad ? "Adam with AMSGrad" : "Adam";

    /// <summary>The share <c>b1</c> of the gradient's running mean that each step keeps, in [0, 1); 0.9 unless set.</summary>
    public double Beta1
    {
        get;
        init => field = CheckShare(value, nameof(Beta1), "0.9 is the usual choice");
    } = 0.9;

    /// <summary>The share <c>b2</c> of the running mean of squares that each step keeps, in [0, 1); 0.999 unless set.</summary>
    public double Beta2
    {
        get;
        init => field = CheckShare(value, nameof(Beta2), "0.999 is the usual choice");
    } = 0.999;

    /// <summary>Keeps the division finite, above 0; 1e-8 unless set.</summary>
    public double Epsilon
    {
        get;
        init => field = CheckEpsilon(value);
    } = 1e-8;

    /// <summary>
    /// Whether steps are divided by the largest running mean of squares so far, which restores convergence where Adam cycles (Reddi, Kale
    /// and Kumar 2018, On the Convergence of Adam and Beyond).
    /// </summary>
    public bool AmsGrad { get; init; }

    internal sealed override int Slots => AmsGrad ? 3 : 2;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        Update(parameters, gradient, state, offset, learningRate, shrink: 1, WeightDecay);

    /// <summary>The step of <see cref="Adam"/> and <see cref="AdamW"/>, which differ in how they decay weights.</summary>
    /// <param name="parameters">The slice <c>p[offset .. offset + n]</c>.</param>
    /// <param name="gradient">The gradient on the same slice.</param>
    /// <param name="state">The state of all parameters.</param>
    /// <param name="offset">Where the slice begins among all parameters.</param>
    /// <param name="learningRate">The rate of this step.</param>
    /// <param name="shrink">What the parameters are multiplied by before the step (decoupled decay).</param>
    /// <param name="decay">The multiple of the parameters that is added to the gradient (L2).</param>
    private protected void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate, double shrink, double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var t = state.Steps + 1;
        double correction1 = 1 - Math.Pow(Beta1, t), correction2 = 1 - Math.Pow(Beta2, t);
        var moments = new Moments<T>(this, learningRate / correction1, shrink, decay, Math.Sqrt(correction2));
        if (AmsGrad)
            Elementwise.Update(new WithMaximum<T>(moments), parameters, gradient, state, offset);
        else
            Elementwise.Update(moments, parameters, gradient, state, offset);
    }

    private readonly struct Moments<T>(Adam rule, double rate, double shrink, double decay, double rootCorrection2) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _shrink = Elementwise.All<T>(shrink);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);
        private readonly Vector<T> _keep1 = Elementwise.All<T>(rule.Beta1);
        private readonly Vector<T> _take1 = Elementwise.All<T>(1 - rule.Beta1);
        private readonly Vector<T> _keep2 = Elementwise.All<T>(rule.Beta2);
        private readonly Vector<T> _take2 = Elementwise.All<T>(1 - rule.Beta2);
        private readonly Vector<T> _rootCorrection2 = Elementwise.All<T>(rootCorrection2);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 2;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares, ref Vector<T> c)
        {
            UpdateMoments(p, g, ref mean, ref squares);
            Move(ref p, mean, squares);
        }

        public void UpdateMoments(Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares)
        {
            var penalised = g + (_decay * p);
            mean = (_keep1 * mean) + (_take1 * penalised);
            squares = (_keep2 * squares) + (_take2 * penalised * penalised);
        }

        public void Move(ref Vector<T> p, Vector<T> mean, Vector<T> squares) =>
            p = (_shrink * p) - (_rate * mean / ((Vector.SquareRoot(squares) / _rootCorrection2) + _epsilon));
    }

    private readonly struct WithMaximum<T>(Moments<T> moments) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int Slots => 3;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares, ref Vector<T> maximum)
        {
            moments.UpdateMoments(p, g, ref mean, ref squares);
            maximum = Vector.Max(maximum, squares);
            moments.Move(ref p, mean, maximum);
        }
    }
}

/// <summary>The rule of <see cref="Optimizer.AdamW"/>.</summary>
internal sealed record AdamW : Adam
{
    /// <summary>AdamW with PyTorch's defaults.</summary>
    public AdamW() => WeightDecay = 0.01;

    /// <inheritdoc/>
    public override string Name => AmsGrad ? "AdamW with AMSGrad" : "AdamW";

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        Update(parameters, gradient, state, offset, learningRate, shrink: 1 - (learningRate * WeightDecay), decay: 0);
}
