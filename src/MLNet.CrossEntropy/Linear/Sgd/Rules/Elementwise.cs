using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Linear;

/// <summary>One optimizer's arithmetic on one vector of parameters, with this step's constants as fields.</summary>
internal interface IElementRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many of the slots <c>a, b, c</c> the rule uses.</summary>
    static abstract int Slots { get; }

    /// <summary>Updates parameters <paramref name="p"/> and the slots from gradient <paramref name="g"/>, element by element.</summary>
    void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c);
}

/// <summary>The one loop that all optimizers share.</summary>
internal static class Elementwise
{
    /// <summary>Applies a rule to every element of a slice and its slots.</summary>
    /// <remarks>
    /// Two vectors at a time, for what may lie in one cache line to be written one after the other. The last, partial ones go through the
    /// same vector code on padded copies: an element's result must not depend on where it stands in a slice, and a separate scalar loop
    /// would have to be kept equal by hand.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Update<T, TRule>(
        TRule rule, Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IElementRule<T>
    {
        var length = parameters.Length;
        gradient = gradient[..length];
        var a = TRule.Slots > 0 ? state.Slot(0, offset, length) : default;
        var b = TRule.Slots > 1 ? state.Slot(1, offset, length) : default;
        var c = TRule.Slots > 2 ? state.Slot(2, offset, length) : default;
        Vector<T> va = default, vb = default, vc = default, wa = default, wb = default, wc = default;

        var i = 0;
        for (; i <= length - 2 * Vector<T>.Count; i += 2 * Vector<T>.Count)
        {
            Load<T>(parameters, i, out var p, out var q);
            Load(gradient, i, out var g, out var h);
            if (TRule.Slots > 0)
                Load<T>(a, i, out va, out wa);
            if (TRule.Slots > 1)
                Load<T>(b, i, out vb, out wb);
            if (TRule.Slots > 2)
                Load<T>(c, i, out vc, out wc);
            rule.Apply(ref p, g, ref va, ref vb, ref vc);
            rule.Apply(ref q, h, ref wa, ref wb, ref wc);
            Store(p, q, parameters, i);
            if (TRule.Slots > 0)
                Store(va, wa, a, i);
            if (TRule.Slots > 1)
                Store(vb, wb, b, i);
            if (TRule.Slots > 2)
                Store(vc, wc, c, i);
        }

        for (; i < length; i += Vector<T>.Count)
        {
            var rest = Math.Min(Vector<T>.Count, length - i);
            var p = LoadPartial<T>(parameters.Slice(i, rest));
            if (TRule.Slots > 0)
                va = LoadPartial<T>(a.Slice(i, rest));
            if (TRule.Slots > 1)
                vb = LoadPartial<T>(b.Slice(i, rest));
            if (TRule.Slots > 2)
                vc = LoadPartial<T>(c.Slice(i, rest));
            rule.Apply(ref p, LoadPartial(gradient.Slice(i, rest)), ref va, ref vb, ref vc);
            StorePartial(p, parameters.Slice(i, rest));
            if (TRule.Slots > 0)
                StorePartial(va, a.Slice(i, rest));
            if (TRule.Slots > 1)
                StorePartial(vb, b.Slice(i, rest));
            if (TRule.Slots > 2)
                StorePartial(vc, c.Slice(i, rest));
        }
    }

    /// <summary>A constant of the step, in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> All<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Vector.Create(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<T>(ReadOnlySpan<T> source, int index, out Vector<T> first, out Vector<T> second)
    {
        ref var start = ref MemoryMarshal.GetReference(source);
        first = Vector.LoadUnsafe(ref start, (nuint)index);
        second = Vector.LoadUnsafe(ref start, (nuint)(index + Vector<T>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector<T> first, Vector<T> second, Span<T> destination, int index)
    {
        ref var start = ref MemoryMarshal.GetReference(destination);
        first.StoreUnsafe(ref start, (nuint)index);
        second.StoreUnsafe(ref start, (nuint)(index + Vector<T>.Count));
    }

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
