using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The arithmetic that <see cref="Adam"/> and <see cref="AdamW"/> share; <paramref name="shrink"/> multiplies the parameters before the step
/// (decoupled decay), <paramref name="decay"/> adds their multiple to the gradient (L2).
/// </summary>
internal readonly struct AdamRule<T>(MomentOptimizer rule, double rate, double shrink, double decay, double rootCorrection2) : IElementRule<T>
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

    private void UpdateMoments(Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares)
    {
        var penalised = g + (_decay * p);
        mean = (_keep1 * mean) + (_take1 * penalised);
        squares = (_keep2 * squares) + (_take2 * penalised * penalised);
    }

    private void Move(ref Vector<T> p, Vector<T> mean, Vector<T> squares) =>
        p = (_shrink * p) - (_rate * mean / ((Vector.SquareRoot(squares) / _rootCorrection2) + _epsilon));

    /// <summary>The AMSGrad variant: steps are divided by the largest running mean of squares so far.</summary>
    internal readonly struct WithMaximum(AdamRule<T> adam) : IElementRule<T>
    {
        public static int Slots => 3;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> mean, ref Vector<T> squares, ref Vector<T> maximum)
        {
            adam.UpdateMoments(p, g, ref mean, ref squares);
            maximum = Vector.Max(maximum, squares);
            adam.Move(ref p, mean, maximum);
        }
    }
}
