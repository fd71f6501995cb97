using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The rule by which a gradient becomes a step on the weights of a model, for a trainer's <c>Optimizer</c> option: immutable, so that one
/// may serve any number of fits and threads. Arguments out of their ranges throw an <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
/// <remarks>
/// What a rule must remember lives in an <see cref="OptimizerState{T}"/> that the fit owns. A step takes the parameters
/// whole or in slices, in any order and from several threads; then <c>state.Steps++</c>, once. Every element is updated by itself, by the
/// same correctly rounded operations wherever it stands in a slice, so slicing does not change a bit of the result. No step allocates.
/// </remarks>
/// <example><code>
/// var options = new SoftmaxCrossEntropyTrainer.Options { Optimizer = Optimizer.Sgd(momentum: 0.9, nesterov: true) };
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

    /// <summary>
    /// Stochastic gradient descent, with momentum and Nesterov's variant of it:
    /// <code>
    /// g &lt;- g + d p                      d = weight decay
    /// p &lt;- p - lr g                     momentum 0
    /// v &lt;- m v + (1 - dampening) g      momentum m > 0; v = g at the first step
    /// p &lt;- p - lr v                     or, Nesterov, p - lr (g + m v)
    /// </code>
    /// </summary>
    /// <param name="momentum">The share m of the velocity that each step keeps, in [0, 1); 0 is plain SGD.</param>
    /// <param name="nesterov">Whether the step looks ahead along the velocity; without momentum it changes nothing.</param>
    /// <param name="dampening">The gradient's share kept out of the velocity after the first step, in [0, 1]; not Nesterov's.</param>
    /// <param name="weightDecay">The <see cref="WeightDecay"/>, at least 0.</param>
    /// <remarks>
    /// The form of Sutskever, Martens, Dahl and Hinton 2013 as PyTorch's <c>SGD</c> writes it: the rate multiplies the velocity, so
    /// changing the rate acts at once. Momentum m makes steps about 1 / (1 - m) times longer.
    /// </remarks>
    public static Optimizer Sgd(double momentum = 0, bool nesterov = false, double dampening = 0, double weightDecay = 0) =>
        new Sgd { Momentum = momentum, Nesterov = nesterov, Dampening = dampening, WeightDecay = weightDecay };

    /// <summary>
    /// AdaGrad: each parameter's rate falls with the gradients it has seen, so that rare features keep a high one.
    /// <code>
    /// g &lt;- g + d p                      d = weight decay
    /// s &lt;- s + g^2                      s starts at InitialAccumulator
    /// p &lt;- p - lr g / (sqrt(s) + eps)
    /// </code>
    /// </summary>
    /// <param name="epsilon">Keeps the division finite, above 0.</param>
    /// <param name="initialAccumulator">Where the sums of squares start, at least 0.</param>
    /// <param name="weightDecay">The <see cref="WeightDecay"/>, at least 0.</param>
    /// <remarks>
    /// Duchi, Hazan and Singer 2011, Adaptive Subgradient Methods; defaults are PyTorch's, whose <c>lr_decay</c> is a schedule here.
    /// </remarks>
    public static Optimizer AdaGrad(double epsilon = 1e-10, double initialAccumulator = 0, double weightDecay = 0) =>
        new AdaGrad { Epsilon = epsilon, InitialAccumulator = initialAccumulator, WeightDecay = weightDecay };

    /// <summary>
    /// RMSProp: each parameter's step is divided by the root of the running mean of its squared gradients.
    /// <code>
    /// g &lt;- g + d p                                  d = weight decay
    /// s &lt;- alpha s + (1 - alpha) g^2
    /// u &lt;- alpha u + (1 - alpha) g                  centred only, else u = 0
    /// v &lt;- m v + g / (sqrt(s - u^2) + eps)          m = momentum
    /// p &lt;- p - lr v
    /// </code>
    /// </summary>
    /// <param name="alpha">The share of the running means that each step keeps, in [0, 1).</param>
    /// <param name="momentum">The share of the velocity that each step keeps, in [0, 1).</param>
    /// <param name="centered">Whether steps are divided by the gradients' standard deviation rather than their root mean square.</param>
    /// <param name="epsilon">Keeps the division finite, above 0.</param>
    /// <param name="weightDecay">The <see cref="WeightDecay"/>, at least 0.</param>
    /// <remarks>
    /// Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6.5; the centred form is Graves 2013, Generating Sequences
    /// with Recurrent Neural Networks, equations 38-45. Defaults are PyTorch's, its rate 0.01.
    /// </remarks>
    public static Optimizer RmsProp(
        double alpha = 0.99, double momentum = 0, bool centered = false, double epsilon = 1e-8, double weightDecay = 0) =>
        new RmsProp
        {
            Alpha = alpha,
            Momentum = momentum,
            Centered = centered,
            Epsilon = epsilon,
            WeightDecay = weightDecay,
        };

    /// <summary>
    /// Adam: momentum, divided by the root of the running mean of squared gradients; both are corrected for having started at 0.
    /// <code>
    /// g &lt;- g + d p                                   d = weight decay, an L2 penalty that the division weakens: see AdamW
    /// m &lt;- b1 m + (1 - b1) g
    /// s &lt;- b2 s + (1 - b2) g^2
    /// p &lt;- p - lr m / (1 - b1^t) / (sqrt(s / (1 - b2^t)) + eps)     t = 1, 2, ...
    /// </code>
    /// </summary>
    /// <param name="beta1">The share b1 of the gradient's running mean that each step keeps, in [0, 1).</param>
    /// <param name="beta2">The share b2 of the running mean of squares that each step keeps, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite, above 0.</param>
    /// <param name="amsGrad">Whether steps are divided by the largest running mean of squares so far, which restores convergence where Adam
    /// cycles (Reddi, Kale and Kumar 2018, On the Convergence of Adam and Beyond).</param>
    /// <param name="weightDecay">The <see cref="WeightDecay"/>, at least 0.</param>
    /// <remarks>
    /// Kingma and Ba 2015, Algorithm 1. Defaults are PyTorch's, its rate 0.001. On convex problems plain momentum with a rate fitted to the
    /// data usually ends closer to the optimum.
    /// </remarks>
    public static Optimizer Adam(
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false, double weightDecay = 0) =>
        new Adam
        {
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            AmsGrad = amsGrad,
            WeightDecay = weightDecay,
        };

    /// <summary>
    /// AdamW: <see cref="Adam"/> with decoupled weight decay, which shrinks the parameters directly, not through the gradient:
    /// <code>
    /// p &lt;- (1 - lr d) p, then Adam's step with the bare gradient     d = weight decay
    /// </code>
    /// </summary>
    /// <param name="beta1">The share b1 of the gradient's running mean that each step keeps, in [0, 1).</param>
    /// <param name="beta2">The share b2 of the running mean of squares that each step keeps, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite, above 0.</param>
    /// <param name="amsGrad">As <see cref="Adam"/> has it.</param>
    /// <param name="weightDecay">The decay d, at least 0.</param>
    /// <remarks>
    /// Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization, Algorithm 2. Defaults are PyTorch's, its rate 0.001. The decay is
    /// not the gradient of a penalty: AdamW has no objective whose minimum it approaches, unless the decay is 0.
    /// </remarks>
    public static Optimizer AdamW(
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false, double weightDecay = 0.01) =>
        new AdamW
        {
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            AmsGrad = amsGrad,
            WeightDecay = weightDecay,
        };

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
