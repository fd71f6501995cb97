using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The rule of <see cref="Optimizer.AdaGrad"/>.</summary>
internal sealed record AdaGrad : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "AdaGrad";

    /// <summary>Keeps the division finite, above 0; 1e-10 unless set.</summary>
    public double Epsilon
    {
        get;
        init => field = CheckEpsilon(value);
    } = 1e-10;

    /// <summary>Where the sums of squares start, at least 0; 0 unless set.</summary>
    public double InitialAccumulator
    {
        get;
        init => field = Guard.NotNegative(value, nameof(InitialAccumulator), "0.1 softens the first steps, 0 is the usual choice");
    }

    internal override int Slots => 1;

    private protected override double FirstSlotValue => InitialAccumulator;

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        Elementwise.Update(new Rule<T>(learningRate, WeightDecay, Epsilon), parameters, gradient, state, offset);

    private readonly struct Rule<T>(double rate, double decay, double epsilon) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);
        private readonly Vector<T> _epsilon = Elementwise.All<T>(epsilon);

        public static int Slots => 1;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> squares, ref Vector<T> b, ref Vector<T> c)
        {
            var penalised = g + (_decay * p);
            squares += penalised * penalised;
            p -= _rate * penalised / (Vector.SquareRoot(squares) + _epsilon);
        }
    }
}
