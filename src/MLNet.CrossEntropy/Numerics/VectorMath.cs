using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// exp and log of many floats at once. An element's result depends on nothing but the element: the same bits
/// whatever the vector width, the position in a span or the span's length.
/// </summary>
internal static partial class VectorMath
{
    // exp(x) = 2^n exp(r) with n = round(x / ln 2), r = x - n ln 2, |r| <= ln(2)/2, and
    // exp(r) = 1 + r + r^2 (c2 + c3 r + ... + c6 r^4), minimax with a relative error of 3.1e-9.
    // (The framework's own Vector512.Exp widens to double, which costs twice the time, and gives exp(0) = 1.0000001.)
    private const float ExpC2 = 0.4999999403953552f;
    private const float ExpC3 = 0.1666652113199234f;
    private const float ExpC4 = 0.04166838899254799f;
    private const float ExpC5 = 0.008368716575205326f;
    private const float ExpC6 = 0.001381459878757596f;

    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; n times the first is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Beyond these, exp is infinity or 0 in float.
    private const float ExpOverflows = 89f;
    private const float ExpUnderflows = -104f;

    // 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits.
    private const float RoundToInteger = 12582912f;

    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    /// <summary>exp(x) to within 1 ulp, below the normal range too; underflows to 0, overflows to infinity, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Native min and max hand on their second operand when it is NaN.
        x = Vector512.MinNative(Vector512.Create(ExpOverflows), Vector512.MaxNative(Vector512.Create(ExpUnderflows), x));
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(RoundToInteger));
        var n = shifted - Vector512.Create(RoundToInteger);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        Vector512<float> q = Vector512.Create(ExpC6);
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(ExpC5));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(ExpC4));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(ExpC3));
        q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(ExpC2));
        var expR = Vector512.FusedMultiplyAdd(q, r * r, r) + Vector512<float>.One;

        if (Avx512F.IsSupported)
            return Avx512F.Scale(expR, n);

        // 2^n as two factors, since a single one would overflow or underflow before the result does.
        var exponent = shifted.AsInt32() - Vector512.Create(RoundToInteger).AsInt32();
        var half = exponent >> 1;
        return expR * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        // Native min and max hand on their second operand when it is NaN.
        x = Vector256.MinNative(Vector256.Create(ExpOverflows), Vector256.MaxNative(Vector256.Create(ExpUnderflows), x));
        Vector256<float> shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2E), Vector256.Create(RoundToInteger));
        var n = shifted - Vector256.Create(RoundToInteger);
        Vector256<float> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), r);

        Vector256<float> q = Vector256.Create(ExpC6);
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(ExpC5));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(ExpC4));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(ExpC3));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(ExpC2));
        var expR = Vector256.FusedMultiplyAdd(q, r * r, r) + Vector256<float>.One;

        // 2^n as two factors, since a single one would overflow or underflow before the result does.
        var exponent = shifted.AsInt32() - Vector256.Create(RoundToInteger).AsInt32();
        var half = exponent >> 1;
        return expR * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> x)
    {
        // Native min and max hand on their second operand when it is NaN.
        x = Vector128.MinNative(Vector128.Create(ExpOverflows), Vector128.MaxNative(Vector128.Create(ExpUnderflows), x));
        Vector128<float> shifted = Vector128.FusedMultiplyAdd(x, Vector128.Create(Log2E), Vector128.Create(RoundToInteger));
        var n = shifted - Vector128.Create(RoundToInteger);
        Vector128<float> r = Vector128.FusedMultiplyAdd(n, Vector128.Create(-Ln2High), x);
        r = Vector128.FusedMultiplyAdd(n, Vector128.Create(-Ln2Low), r);

        Vector128<float> q = Vector128.Create(ExpC6);
        q = Vector128.FusedMultiplyAdd(q, r, Vector128.Create(ExpC5));
        q = Vector128.FusedMultiplyAdd(q, r, Vector128.Create(ExpC4));
        q = Vector128.FusedMultiplyAdd(q, r, Vector128.Create(ExpC3));
        q = Vector128.FusedMultiplyAdd(q, r, Vector128.Create(ExpC2));
        var expR = Vector128.FusedMultiplyAdd(q, r * r, r) + Vector128<float>.One;

        // 2^n as two factors, since a single one would overflow or underflow before the result does.
        var exponent = shifted.AsInt32() - Vector128.Create(RoundToInteger).AsInt32();
        var half = exponent >> 1;
        return expR * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) =>
        ((exponent + Vector512.Create(ExponentBias)) << MantissaBits).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> exponent) =>
        ((exponent + Vector256.Create(ExponentBias)) << MantissaBits).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<int> exponent) =>
        ((exponent + Vector128.Create(ExponentBias)) << MantissaBits).AsSingle();

    /// <summary>destination[i] = exp(x[i]); in place when both are the same span.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> destination)
    {
        Throw.IfLengthsDiffer(x.Length, destination.Length, nameof(x), nameof(destination));
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var target = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, length = (nuint)x.Length;

        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector512<float>.Count <= length; i += (nuint)Vector512<float>.Count)
                Exp(Vector512.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector256<float>.Count <= length; i += (nuint)Vector256<float>.Count)
                Exp(Vector256.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        }

        for (; i + (nuint)Vector128<float>.Count <= length; i += (nuint)Vector128<float>.Count)
            Exp(Vector128.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);

        if (i < length)
            ExpTail(x[(int)i..], destination[(int)i..]);
    }

    // One to three numbers, as one vector of which the rest is not used.
    private static void ExpTail(ReadOnlySpan<float> x, Span<float> destination)
    {
        var last = x.Length - 1;
        var y = Exp(Vector128.Create(x[0], x[last / 2], x[last], 0));
        (destination[0], destination[last / 2], destination[last]) = (y[0], y[1], y[2]);
    }
}
