using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>The one loop that all optimizers share.</summary>
internal static class Elementwise
{
    /// <summary>Applies a rule to every element of a slice and its slots.</summary>
    /// <remarks>
    /// The last, partial vector goes through the same vector code on a padded copy: an element's result must not depend on
    /// where it stands in a slice, and a separate scalar loop would have to be kept equal by hand.
    /// </remarks>
    public static void Update<T, TRule>(
        TRule rule, Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IElementRule<T>
    {
        int length = parameters.Length;
        Span<T> a = TRule.Slots > 0 ? state.Slot(0, offset, length) : default;
        Span<T> b = TRule.Slots > 1 ? state.Slot(1, offset, length) : default;
        Span<T> c = TRule.Slots > 2 ? state.Slot(2, offset, length) : default;
        Vector<T> va = default, vb = default, vc = default;

        int i = 0;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var p = new Vector<T>(parameters[i..]);
            if (TRule.Slots > 0)
                va = new Vector<T>(a[i..]);
            if (TRule.Slots > 1)
                vb = new Vector<T>(b[i..]);
            if (TRule.Slots > 2)
                vc = new Vector<T>(c[i..]);
            rule.Apply(ref p, new Vector<T>(gradient[i..]), ref va, ref vb, ref vc);
            p.CopyTo(parameters[i..]);
            if (TRule.Slots > 0)
                va.CopyTo(a[i..]);
            if (TRule.Slots > 1)
                vb.CopyTo(b[i..]);
            if (TRule.Slots > 2)
                vc.CopyTo(c[i..]);
        }

        if (i == length)
            return;
        var last = LoadPartial<T>(parameters[i..]);
        if (TRule.Slots > 0)
            va = LoadPartial<T>(a[i..]);
        if (TRule.Slots > 1)
            vb = LoadPartial<T>(b[i..]);
        if (TRule.Slots > 2)
            vc = LoadPartial<T>(c[i..]);
        rule.Apply(ref last, LoadPartial(gradient[i..]), ref va, ref vb, ref vc);
        StorePartial(last, parameters[i..]);
        if (TRule.Slots > 0)
            StorePartial(va, a[i..]);
        if (TRule.Slots > 1)
            StorePartial(vb, b[i..]);
        if (TRule.Slots > 2)
            StorePartial(vc, c[i..]);
    }

    /// <summary>A constant of the step, in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> All<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.Create(T.CreateTruncating(value));

    private static Vector<T> LoadPartial<T>(ReadOnlySpan<T> source)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> padded = stackalloc T[Vector<T>.Count];
        source.CopyTo(padded);
        return new Vector<T>(padded);
    }

    private static void StorePartial<T>(Vector<T> value, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> padded = stackalloc T[Vector<T>.Count];
        value.CopyTo(padded);
        padded[..destination.Length].CopyTo(destination);
    }
}
