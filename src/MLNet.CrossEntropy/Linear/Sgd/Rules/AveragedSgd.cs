using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Averaged SGD: plain SGD whose answer, <see cref="Solution"/>, is the running mean of its iterates, in which the noise of the
/// mini-batches cancels.
/// <code>
/// g &lt;- g + d p                          d = weight decay
/// p &lt;- p - lr g
/// a &lt;- a + (p - a) / max(1, t - start)  t = 1, 2, ...
/// </code>
/// </summary>
/// <remarks>
/// Polyak and Juditsky 1992, Acceleration of Stochastic Approximation by Averaging; Bottou, Large-Scale Machine Learning with Stochastic
/// Gradient Descent, 2010. PyTorch's <c>ASGD</c> is this rule with <c>Start = 1e6</c>, its <c>lambd</c> (1e-4) added to the weight decay, and the
/// rate <c>Schedule.InverseTime(lr, decay: lambd * lr, power: 0.75)</c>. Here averaging starts at once unless told otherwise: a fit of
/// fewer than a million steps would never average.
/// </remarks>
public sealed record AveragedSgd : Optimizer
{
    private static readonly string[] Slots = ["average"];

    /// <inheritdoc/>
    public override string Name => "Averaged SGD";

    /// <summary>The step (from 0) up to which the average is the iterate itself, at least 0; 0 unless set.</summary>
    public long Start
    {
        get;
        init => field = Guard.Range(value, value >= 0, nameof(Start), "at least 0", "One epoch's steps is a common choice");
    }

    private protected override ReadOnlySpan<string> SlotNames => Slots;

    /// <summary>The mean of the iterates; before the first step, <paramref name="parameters"/>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> is null.</exception>
    public override ReadOnlySpan<T> Solution<T>(ReadOnlySpan<T> parameters, OptimizerState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Steps == 0 ? parameters : state.Slot(Slots[0]);
    }

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    {
        var share = 1.0 / Math.Max(1, state.Steps + 1 - Start);
        Elementwise.Update(new Rule<T>(learningRate, WeightDecay, 1 - share), parameters, gradient, state, offset);
    }

    private readonly struct Rule<T>(double rate, double decay, double keep) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Vector<T> _rate = Elementwise.All<T>(rate);
        private readonly Vector<T> _decay = Elementwise.All<T>(decay);
        private readonly Vector<T> _keep = Elementwise.All<T>(keep);

        public static int Slots => 1;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> average, ref Vector<T> b, ref Vector<T> c)
        {
            p -= _rate * (g + (_decay * p));

            // Written from p so that nothing kept (keep = 0) leaves exactly p.
            average = p + (_keep * (average - p));
        }
    }
}
