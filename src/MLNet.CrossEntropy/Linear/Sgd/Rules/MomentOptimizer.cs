using System.Numerics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy;

/// <summary>
/// The family of <see cref="Adam"/>: rules that keep running means of the gradient, <c>m &lt;- b1 m + (1 - b1) g</c>, and of its size,
/// and correct both for having started at 0. Defaults are those of the papers and of PyTorch.
/// </summary>
public abstract record MomentOptimizer : Optimizer
{
    private static readonly string[] Slots = ["mean", "squares", "largest squares"];

    private protected MomentOptimizer()
    {
    }

    /// <summary>The share <c>b1</c> of the gradient's running mean that each step keeps, in [0, 1); 0.9 unless set.</summary>
    public double Beta1
    {
        get;
        init => field = CheckShare(value, nameof(Beta1), "0.9 is the usual choice");
    } = 0.9;

    /// <summary>The share <c>b2</c> of the running size that each step keeps, in [0, 1); 0.999 unless set.</summary>
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

    /// <summary><c>1 - b1^t</c>, what a running mean of ones has reached at step t (counted from 1).</summary>
    private protected double Correction1(long t) => 1 - Math.Pow(Beta1, t);

    /// <summary><c>1 - b2^t</c>.</summary>
    private protected double Correction2(long t) => 1 - Math.Pow(Beta2, t);

    /// <summary>The slots of <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
    private protected static ReadOnlySpan<string> AdamSlots(bool amsGrad) => Slots.AsSpan(0, amsGrad ? 3 : 2);

    /// <summary>The step of <see cref="Adam"/> and <see cref="AdamW"/>, which differ in how they decay weights.</summary>
    private protected void UpdateByAdam<T>(
        Span<T> parameters,
        ReadOnlySpan<T> gradient,
        OptimizerState<T> state,
        int offset,
        double learningRate,
        bool amsGrad,
        double shrink,
        double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var t = state.Steps + 1;
        var adam = new AdamRule<T>(this, learningRate / Correction1(t), shrink, decay, Math.Sqrt(Correction2(t)));
        if (amsGrad)
            Elementwise.Update(new AdamRule<T>.WithMaximum(adam), parameters, gradient, state, offset);
        else
            Elementwise.Update(adam, parameters, gradient, state, offset);
    }
}
