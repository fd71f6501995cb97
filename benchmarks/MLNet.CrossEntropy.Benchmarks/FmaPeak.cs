using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Independent fused multiply-adds in registers, at the width the machine runs best: nothing else limits them.</summary>
internal static class FmaPeak
{
    /// <summary>More than latency times units of any present processor, fewer than its registers.</summary>
    public const int Accumulators = 12;

    /// <summary>Bits of a vector.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? 512 : 256;

    /// <summary>Floats of a vector.</summary>
    public static int Lanes => Width / 32;

    /// <summary>
    /// Runs <paramref name="rounds"/> times <see cref="Accumulators"/> vector operations; the answer only keeps them alive.
    /// </summary>
    public static float Run(int rounds) => Vector512.IsHardwareAccelerated ? Run512(rounds) : Run256(rounds);

    private static float Run512(int rounds)
    {
        Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        var x = Vector512.Create(0.5f);
        var y = Vector512.Create(1f);
        for (var n = 0; n < rounds; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + (g + h + i + j + k + l));
    }

    private static float Run256(int rounds)
    {
        Vector256<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        var x = Vector256.Create(0.5f);
        var y = Vector256.Create(1f);
        for (var n = 0; n < rounds; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + (g + h + i + j + k + l));
    }
}
