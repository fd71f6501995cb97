using System.Numerics;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// I(X; Y) = sum_xy p(x,y) log(p(x,y) / (p(x) p(y))) = KL(p(x,y) || p(x) p(y)): what knowing one tells about the other.
    /// 0 where they are independent; at most the smaller of H(X) and H(Y).
    /// </summary>
    /// <param name="joint">p(x,y), row x by row x. Counts are to be divided by their sum first.</param>
    /// <param name="columns">The number of values that y has; it divides the length of <paramref name="joint"/>.</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 the table may sum.</param>
    /// <exception cref="ArgumentException">
    /// The table is no distribution, or <paramref name="columns"/> does not divide its length.
    /// </exception>
    public static double MutualInformation<T>(
        ReadOnlySpan<T> joint, int columns, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(joint, tolerance, nameof(joint));
        if (columns < 1 || joint.Length % columns > 0)
            Throw.ColumnsDoNotFit(joint.Length, columns);

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

        return From(AtLeastZero(sum.Value), logBase);
    }

    /// <inheritdoc cref="MutualInformation{T}(ReadOnlySpan{T}, int, LogBase, double)"/>
    /// <param name="joint">p(x,y), x down and y across.</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 the table may sum.</param>
    public static double MutualInformation<T>(T[,] joint, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(joint);
        Throw.IfEmpty(joint.Length, nameof(joint));
        return MutualInformation(
            MemoryMarshal.CreateReadOnlySpan(ref joint[0, 0], joint.Length), joint.GetLength(1), logBase, tolerance);
    }
}
