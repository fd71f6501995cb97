using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The rule by which a gradient becomes a step on the weights of a model, for a trainer's <c>Optimizer</c> option: immutable, so that one
/// may serve any number of fits and threads.
/// </summary>
/// <remarks>
/// What a rule must remember lives in an <see cref="OptimizerState{T}"/> that the fit owns. A step takes the parameters
/// whole or in slices, in any order and from several threads; then <c>state.Steps++</c>, once. Every element is updated by itself, by the
/// same correctly rounded operations wherever it stands in a slice, so slicing does not change a bit of the result. No step allocates.
/// </remarks>
/// <example><code>
/// var options = new SoftmaxCrossEntropyTrainer.Options { Optimizer = new Sgd { Momentum = 0.9, Nesterov = true } };
/// </code></example>
public abstract record Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>The rule's name, by which its states know it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The weight decay <c>d</c>, at least 0: <c>g &lt;- g + d p</c> before the rule sees the gradient, the L2 penalty <c>d/2 ||p||^2</c>.
    /// Unlike a trainer's penalty it shrinks biases, too, and in the units of the rescaled features.
    /// </summary>
    public double WeightDecay
    {
        get;
        init => field = Guard.NotNegative(value, nameof(WeightDecay), "Use 0 for none, 1e-4 for a little");
    }

    /// <summary>How many numbers the rule remembers of each parameter.</summary>
    internal abstract int Slots { get; }

    /// <summary>What the slots hold before the first step.</summary>
    private protected virtual double FirstSlotValue => 0;

    /// <summary>The state before the first step.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="length">How many parameters will be updated.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    internal OptimizerState<T> CreateState<T>(int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(Name, length, Slots, T.CreateTruncating(FirstSlotValue));

    /// <summary>
    /// One step on a slice of the parameters, in place; the state's step counter is the caller's to advance. What is virtual and generic
    /// is looked up here, once: in every call it would cost more than a slice of some hundred parameters does, and most with several
    /// threads.
    /// </summary>
    internal SliceStep<T> BindStep<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Update;

    /// <summary>Returns a rate that a step may have.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    internal static double CheckRate(double learningRate) =>
        Guard.NotNegative(learningRate, nameof(learningRate), "A rate that is not finite often means that the loss diverged");

    /// <summary>The rule itself, on arguments that have been checked.</summary>
    private protected abstract void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private protected static double CheckShare(double share, string name, string remedy) =>
        Guard.Range(share, share is >= 0 and < 1, name, "in [0, 1)", remedy);

    private protected static double CheckEpsilon(double epsilon) => Guard.Positive(epsilon, "Epsilon", "1e-8 is the usual choice");

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(GetType(), PrintMembers);
}
