using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class StableMath
{
    /// <summary>sigmoid(x) = 1 / (1 + exp(-x)), the inverse of the logit; 0 and 1 at the infinities.</summary>
    public static T Sigmoid<T>(T x)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var decay = T.Exp(-T.Abs(x));
        return (x >= T.Zero ? T.One : decay) / (T.One + decay);
    }

    /// <summary>softplus(x) = log(1 + exp(x)), also written log1pexp(x).</summary>
    public static T Softplus<T>(T x)
        where T : IBinaryFloatingPointIeee754<T> =>
        T.Max(x, T.Zero) + Log1P(T.Exp(-T.Abs(x)));

    /// <summary>log(sigmoid(x)) = -softplus(-x).</summary>
    public static T LogSigmoid<T>(T x)
        where T : IBinaryFloatingPointIeee754<T> =>
        -Softplus(-x);

    /// <summary>destination[i] = sigmoid(x[i]); in place when both are the same span.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Sigmoid<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(x.Length, destination.Length, nameof(x), nameof(destination));
        for (var i = 0; i < x.Length; i++)
            destination[i] = Sigmoid(x[i]);
    }

    /// <summary>destination[i] = log(1 + exp(x[i])); in place when both are the same span.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Softplus<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(x.Length, destination.Length, nameof(x), nameof(destination));
        for (var i = 0; i < x.Length; i++)
            destination[i] = Softplus(x[i]);
    }

    /// <summary>destination[i] = log(sigmoid(x[i])); in place when both are the same span.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void LogSigmoid<T>(ReadOnlySpan<T> x, Span<T> destination)
        where T : IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(x.Length, destination.Length, nameof(x), nameof(destination));
        for (var i = 0; i < x.Length; i++)
            destination[i] = LogSigmoid(x[i]);
    }
}
