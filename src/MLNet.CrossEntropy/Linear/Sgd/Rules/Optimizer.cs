using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The rule by which a gradient becomes a step on the weights of a model, for a trainer's <c>Optimizer</c> option: immutable, so that one
/// may serve any number of fits and threads.
/// </summary>
/// <remarks>
/// What a rule must remember lives in an <see cref="OptimizerState{T}"/> that the fit owns. A step is: <see cref="Step"/> on the
/// parameters,
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

    /// <summary>Takes one step on a slice of the parameters, in place.</summary>
    /// <param name="parameters">The slice <c>p[offset .. offset + n]</c>.</param>
    /// <param name="gradient">The objective's gradient on the same slice, <c>[n]</c>.</param>
    /// <param name="state">The state of all parameters; its own slice is updated, its step counter is not.</param>
    /// <param name="offset">Where the slice begins among all parameters.</param>
    /// <param name="learningRate">The rate of this step, at least 0.</param>
    /// <exception cref="ArgumentException">Lengths differ, or the state is not one of this rule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice lies outside the state, or the rate is negative or not finite.</exception>
    internal void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(parameters.Length, gradient.Length, nameof(parameters), nameof(gradient));
        if (state.Optimizer != Name)
            throw new ArgumentException($"The state belongs to {state.Optimizer}, not to {Name}; create it with this rule.", nameof(state));
        if (offset < 0 || offset > state.Length - parameters.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset,
                $"A slice of {parameters.Length} parameters at '{nameof(offset)}' {offset} must lie within the state's {state.Length}; " +
                "create the state with the number of all parameters.");
        }

        CheckRate(learningRate);
        Update(parameters, gradient, state, offset, learningRate);
    }

    /// <summary>
    /// <see cref="Step"/> for callers whose arguments need no checks. What is virtual and generic is looked up here, once: in every call it
    /// would cost more than a slice of some hundred parameters does, and most with several threads.
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
}
