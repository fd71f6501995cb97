using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// exp and log of many floats at once. An element's result depends on nothing but the element: the same bits
/// whatever the vector width, the position in a span or the span's length.
/// </summary>
internal static partial class VectorMath
{
    /// <summary>A function of one number, in each width the machine may have.</summary>
    private interface IFunction
    {
        static abstract Vector512<float> Of(Vector512<float> x);

        static abstract Vector256<float> Of(Vector256<float> x);

        static abstract Vector128<float> Of(Vector128<float> x);
    }

    /// <summary>destination[i] = f(x[i]); in place when both are the same span.</summary>
    private static void Map<TFunction>(ReadOnlySpan<float> x, Span<float> destination)
        where TFunction : struct, IFunction
    {
        Throw.IfLengthsDiffer(x.Length, destination.Length, nameof(x), nameof(destination));
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var target = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, length = (nuint)x.Length;

        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector512<float>.Count <= length; i += (nuint)Vector512<float>.Count)
                TFunction.Of(Vector512.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector256<float>.Count <= length; i += (nuint)Vector256<float>.Count)
                TFunction.Of(Vector256.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        }

        for (; i + (nuint)Vector128<float>.Count <= length; i += (nuint)Vector128<float>.Count)
            TFunction.Of(Vector128.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);

        if (i < length)
            MapTail<TFunction>(x[(int)i..], destination[(int)i..]);
    }

    // One to three numbers, as one vector of which the rest is not used.
    private static void MapTail<TFunction>(ReadOnlySpan<float> x, Span<float> destination)
        where TFunction : struct, IFunction
    {
        var last = x.Length - 1;
        var y = TFunction.Of(Vector128.Create(x[0], x[last / 2], x[last], 0));
        (destination[0], destination[last / 2], destination[last]) = (y[0], y[1], y[2]);
    }
}
