using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Entropy and its relatives, of distributions given as spans of float or double; sums are in double and compensated.
/// 0 log 0 = 0 throughout. A distribution that is empty, has a negative or NaN number, or does not sum to 1 is refused
/// with the value, the index and the sum. (Cover and Thomas 2006, "Elements of information theory", chapter 2.)
/// </summary>
public static class InformationTheory
{
    /// <summary>How far from 1 a distribution may sum unless told otherwise: rounding of floats passes, a missing event does not.</summary>
    public const double DefaultTolerance = 1e-5;

    /// <summary>
    /// H(P) = -sum_i p_i log p_i: how uncertain P is, between 0 (one event is sure) and log K (all K are equally likely).
    /// </summary>
    /// <param name="distribution">P [K].</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 P may sum.</param>
    /// <exception cref="ArgumentException">P is no distribution.</exception>
    public static double Entropy<T>(
        ReadOnlySpan<T> distribution, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(distribution, tolerance, nameof(distribution));
        var sum = new CompensatedSum();
        foreach (var value in distribution)
        {
            var p = double.CreateTruncating(value);
            sum.Add(-StableMath.XLogY(p, p));
        }

        return From(sum.Value, inBits);
    }

    /// <summary>
    /// H(P, Q) = -sum_i p_i log q_i = H(P) + KL(P || Q): the cost of coding what P draws with a code made for Q.
    /// +infinity where P has an event that Q rules out. Not symmetric, hence the two types.
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double CrossEntropy<T>(
        Target<T> target, Prediction<T> prediction, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(target.Values, prediction.Values, tolerance, nameof(target), nameof(prediction));
        var sum = new CompensatedSum();
        for (var i = 0; i < target.Values.Length; i++)
            sum.Add(-StableMath.XLogY(double.CreateTruncating(target.Values[i]), double.CreateTruncating(prediction.Values[i])));
        return From(sum.Value, inBits);
    }

    /// <summary>
    /// KL(P || Q) = sum_i p_i log(p_i / q_i): what predicting Q costs beyond the uncertainty of P itself. At least 0, and 0
    /// only where P = Q; +infinity where P has an event that Q rules out. Not symmetric, hence the two types.
    /// (Kullback and Leibler 1951, "On information and sufficiency".)
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double KullbackLeibler<T>(
        Target<T> target, Prediction<T> prediction, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(target.Values, prediction.Values, tolerance, nameof(target), nameof(prediction));
        var sum = new CompensatedSum();
        for (var i = 0; i < target.Values.Length; i++)
            sum.Add(PLogPOverQ(double.CreateTruncating(target.Values[i]), double.CreateTruncating(prediction.Values[i])));
        return From(AtLeastZero(sum.Value), inBits);
    }

    /// <summary>
    /// JS(P, Q) = KL(P || M) / 2 + KL(Q || M) / 2 with M = (P + Q) / 2: a divergence that is symmetric and always finite,
    /// between 0 (P = Q) and ln 2 nats or 1 bit (no event in common). Its square root is a metric.
    /// (Lin 1991, "Divergence measures based on the Shannon entropy".)
    /// </summary>
    /// <param name="first">P [K].</param>
    /// <param name="second">Q [K].</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double JensenShannon<T>(
        ReadOnlySpan<T> first, ReadOnlySpan<T> second, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(first, second, tolerance, nameof(first), nameof(second));
        var sum = new CompensatedSum();
        for (var i = 0; i < first.Length; i++)
        {
            double p = double.CreateTruncating(first[i]), q = double.CreateTruncating(second[i]);
            var middle = (p + q) / 2;
            sum.Add((PLogPOverQ(p, middle) + PLogPOverQ(q, middle)) / 2);
        }

        return From(AtLeastZero(sum.Value), inBits);
    }

    /// <summary>
    /// exp(H(P)): the number of equally likely events that would be as uncertain as P, between 1 and K. The same number
    /// whatever the unit of H.
    /// </summary>
    /// <param name="distribution">P [K].</param>
    /// <param name="tolerance">How far from 1 P may sum.</param>
    /// <exception cref="ArgumentException">P is no distribution.</exception>
    public static double Perplexity<T>(ReadOnlySpan<T> distribution, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Exp(Entropy(distribution, inBits: false, tolerance));

    /// <summary>
    /// exp(H(P, Q)): among how many equally likely events the prediction Q leaves the target P to be guessed. At least
    /// exp(H(P)); +infinity where P has an event that Q rules out.
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double Perplexity<T>(Target<T> target, Prediction<T> prediction, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Exp(CrossEntropy(target, prediction, inBits: false, tolerance));

    /// <summary>
    /// I(X; Y) = sum_xy p(x,y) log(p(x,y) / (p(x) p(y))) = KL(p(x,y) || p(x) p(y)): what knowing one tells about the other.
    /// 0 where they are independent; at most the smaller of H(X) and H(Y).
    /// </summary>
    /// <param name="joint">p(x,y), row x by row x. Counts are to be divided by their sum first.</param>
    /// <param name="columns">The number of values that y has; it divides the length of <paramref name="joint"/>.</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 the table may sum.</param>
    /// <exception cref="ArgumentException">
    /// The table is no distribution, or <paramref name="columns"/> does not divide its length.
    /// </exception>
    public static double MutualInformation<T>(
        ReadOnlySpan<T> joint, int columns, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(joint, tolerance, nameof(joint));
        if (columns < 1 || joint.Length % columns > 0)
            ColumnsDoNotFit(joint.Length, columns);

        var ofRow = new CompensatedSum[joint.Length / columns];
        var ofColumn = new CompensatedSum[columns];
        for (var i = 0; i < joint.Length; i++)
        {
            var p = double.CreateTruncating(joint[i]);
            ofRow[i / columns].Add(p);
            ofColumn[i % columns].Add(p);
        }

        var sum = new CompensatedSum();
        for (var i = 0; i < joint.Length; i++)
        {
            double p = double.CreateTruncating(joint[i]), row = ofRow[i / columns].Value;
            // p(x) p(y|x) log(p(y|x) / p(y)), since p(x) p(y) could underflow.
            if (p > 0)
                sum.Add(row * PLogPOverQ(p / row, ofColumn[i % columns].Value));
        }

        return From(AtLeastZero(sum.Value), inBits);
    }

    /// <inheritdoc cref="MutualInformation{T}(ReadOnlySpan{T}, int, bool, double)"/>
    /// <param name="joint">p(x,y), x down and y across.</param>
    /// <param name="inBits">Whether the answer is in bits (1 bit is ln 2 = 0.693 nats); else it is in nats.</param>
    /// <param name="tolerance">How far from 1 the table may sum.</param>
    public static double MutualInformation<T>(T[,] joint, bool inBits = false, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(joint);
        Throw.IfEmpty(joint.Length, nameof(joint));
        return MutualInformation(
            MemoryMarshal.CreateReadOnlySpan(ref joint[0, 0], joint.Length), joint.GetLength(1), inBits, tolerance);
    }

    private static void Check<T>(ReadOnlySpan<T> distribution, double tolerance, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfEmpty(distribution.Length, name);
        Throw.IfNegativeOrNotFinite(tolerance, nameof(tolerance));
        var sum = new CompensatedSum();
        for (var i = 0; i < distribution.Length; i++)
        {
            var p = double.CreateTruncating(distribution[i]);
            if (!(p >= 0))
                NotInADistribution(p, i, CompensatedSum.Of(distribution), name);
            sum.Add(p);
        }

        if (!(Math.Abs(sum.Value - 1) <= tolerance))
            NotADistribution(sum.Value, distribution.Length, tolerance, name);
    }

    private static double From(double nats, bool inBits) => inBits ? nats / Math.Log(2) : nats;

    private static void CheckPair<T>(ReadOnlySpan<T> p, ReadOnlySpan<T> q, double tolerance, string nameOfP, string nameOfQ)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(p, tolerance, nameOfP);
        Check(q, tolerance, nameOfQ);
        Throw.IfLengthsDiffer(p.Length, q.Length, nameOfP, nameOfQ);
    }

    // The quotient keeps the digits where p and q are close; where it leaves the range of double, the difference does.
    private static double PLogPOverQ(double p, double q)
    {
        if (p == 0)
            return 0;
        var ratio = p / q;
        return p * (double.IsNormal(ratio) ? Math.Log(ratio) : Math.Log(p) - Math.Log(q));
    }

    // Rounding may carry a divergence of nearly equal distributions a hair below 0.
    private static double AtLeastZero(double divergence) => Math.Max(divergence, 0);

    /// <summary>A number that no probability can be.</summary>
    [DoesNotReturn]
    private static void NotInADistribution(double value, int index, double sum, string name) =>
        throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{name}[{index}]' is {value:R} (the sum is {sum:R}), but a probability must be at least 0 and a number."),
            name);

    /// <summary>Probabilities that do not sum to 1.</summary>
    [DoesNotReturn]
    private static void NotADistribution(double sum, int length, double tolerance, string name) =>
        throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{name}' sums to {sum:R} over its {length} elements, but a distribution must sum to 1 within {tolerance:R}; "
                    + $"divide it by its sum, or raise the tolerance. For logits take their softmax first."),
            name);

    /// <summary>A table whose length is no whole number of rows.</summary>
    [DoesNotReturn]
    private static void ColumnsDoNotFit(int length, int columns) =>
        throw new ArgumentOutOfRangeException(
            nameof(columns), Throw.Seen(columns), $"The number of columns must be at least 1 and divide the number of cells, {length}.");
}
