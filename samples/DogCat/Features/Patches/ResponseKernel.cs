using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DogCat.Features.Patches;

/// <summary>The matrix product of patches and filters, never stored: each answer is cut off at 0 and summed as soon as it is there.</summary>
internal static class ResponseKernel
{
    /// <summary>Filters treated at once: three vectors of eight.</summary>
    public const int PanelWidth = 24;

    /// <summary>Patches treated at once: with three vectors of filters their 12 sums just fit the 16 registers of AVX2.</summary>
    public const int RowsAtOnce = 4;

    /// <summary>
    /// <c>sums[k] += sum over rows r of max(0, rows[r] . panel[., k])</c>, with <paramref name="rows"/> [row, input], their number a multiple
    /// of <see cref="RowsAtOnce"/>, and <paramref name="panel"/> [input, filter].
    /// </summary>
    public static void AddResponses(ReadOnlySpan<float> rows, int inputs, ReadOnlySpan<float> panel, Span<float> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length % (RowsAtOnce * inputs), 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(panel.Length, inputs * PanelWidth);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, PanelWidth);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        Vector256<float> sum0 = Vector256.LoadUnsafe(ref sum);
        Vector256<float> sum1 = Vector256.LoadUnsafe(ref sum, 8);
        Vector256<float> sum2 = Vector256.LoadUnsafe(ref sum, 16);
        for (var row = 0; row < rows.Length; row += RowsAtOnce * inputs)
            AddFourRows(rows.Slice(row, RowsAtOnce * inputs), inputs, panel, ref sum0, ref sum1, ref sum2);
        sum0.StoreUnsafe(ref sum);
        sum1.StoreUnsafe(ref sum, 8);
        sum2.StoreUnsafe(ref sum, 16);
    }

    private static void AddFourRows(
        ReadOnlySpan<float> rows, int inputs, ReadOnlySpan<float> panel, ref Vector256<float> sum0, ref Vector256<float> sum1, ref Vector256<float> sum2)
    {
        ReadOnlySpan<float> a = rows[..inputs], b = rows.Slice(inputs, inputs), c = rows.Slice(2 * inputs, inputs), d = rows.Slice(3 * inputs, inputs);
        ref var weight = ref MemoryMarshal.GetReference(panel);
        Vector256<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        Vector256<float> c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        nuint at = 0;
        for (var i = 0; i < a.Length; i++, at += PanelWidth)
        {
            Vector256<float> w0 = Vector256.LoadUnsafe(ref weight, at);
            Vector256<float> w1 = Vector256.LoadUnsafe(ref weight, at + 8);
            Vector256<float> w2 = Vector256.LoadUnsafe(ref weight, at + 16);
            var x = Vector256.Create(a[i]);
            a0 = Vector256.MultiplyAddEstimate(x, w0, a0);
            a1 = Vector256.MultiplyAddEstimate(x, w1, a1);
            a2 = Vector256.MultiplyAddEstimate(x, w2, a2);
            x = Vector256.Create(b[i]);
            b0 = Vector256.MultiplyAddEstimate(x, w0, b0);
            b1 = Vector256.MultiplyAddEstimate(x, w1, b1);
            b2 = Vector256.MultiplyAddEstimate(x, w2, b2);
            x = Vector256.Create(c[i]);
            c0 = Vector256.MultiplyAddEstimate(x, w0, c0);
            c1 = Vector256.MultiplyAddEstimate(x, w1, c1);
            c2 = Vector256.MultiplyAddEstimate(x, w2, c2);
            x = Vector256.Create(d[i]);
            d0 = Vector256.MultiplyAddEstimate(x, w0, d0);
            d1 = Vector256.MultiplyAddEstimate(x, w1, d1);
            d2 = Vector256.MultiplyAddEstimate(x, w2, d2);
        }
        sum0 += Positive(a0) + Positive(b0) + (Positive(c0) + Positive(d0));
        sum1 += Positive(a1) + Positive(b1) + (Positive(c1) + Positive(d1));
        sum2 += Positive(a2) + Positive(b2) + (Positive(c2) + Positive(d2));
    }

    private static Vector256<float> Positive(Vector256<float> x) => Vector256.Max(x, Vector256<float>.Zero);
}
