using System.Numerics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy;

/// <summary>
/// AdaDelta: steps in the units of the parameters, from the running sizes of past steps and of gradients.
/// <code>
/// g &lt;- g + d p                                     d = weight decay
/// s &lt;- rho s + (1 - rho) g^2
/// x  = g sqrt(u + eps) / sqrt(s + eps)
/// u &lt;- rho u + (1 - rho) x^2
/// p &lt;- p - lr x
/// </code>
/// </summary>
/// <remarks>Zeiler 2012, ADADELTA, Algorithm 1. Defaults are PyTorch's, its rate 1.</remarks>
public sealed record AdaDelta : Optimizer
{
    private static readonly string[] Slots = ["squares", "step squares"];

    /// <inheritdoc/>
    public override string Name => "AdaDelta";

    /// <summary>The share of the running means that each step keeps, in [0, 1); 0.9 unless set.</summary>
    public double Rho
    {
        get;
        init => field = CheckShare(value, nameof(Rho), "0.9 is the usual choice");
    } = 0.9;

    /// <summary>Sets the size of the first steps, above 0; 1e-6 unless set.</summary>
    public double Epsilon
    {
        get;
        init => field = CheckEpsilon(value);
    } = 1e-6;

    private protected override ReadOnlySpan<string> SlotNames => Slots;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        Elementwise.Update(new Rule<T>(learningRate, this), parameters, gradient, state, offset);

    private readonly struct Rule<T>(double rate, AdaDelta rule) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(rule.WeightDecay);
        private readonly Vector<T> _keep = Elementwise.All<T>(rule.Rho);
        private readonly Vector<T> _take = Elementwise.All<T>(1 - rule.Rho);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(rule.Epsilon);

        public static int Slots => 2;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> squares, ref Vector<T> stepSquares, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            squares = (_keep * squares) + (_take * penalised * penalised);
            var step = penalised * Vector.SquareRoot(stepSquares + _epsilon) / Vector.SquareRoot(squares + _epsilon);
            stepSquares = (_keep * stepSquares) + (_take * step * step);
            p -= _rate * step;
        }
    }
}
