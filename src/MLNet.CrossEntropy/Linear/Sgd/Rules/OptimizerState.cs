using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>A step of an optimizer on a slice of the parameters, in place.</summary>
/// <param name="parameters">The slice <c>p[offset .. offset + n]</c>.</param>
/// <param name="gradient">The objective's gradient on the same slice, <c>[n]</c>.</param>
/// <param name="state">The state of all parameters; its own slice is updated, its step counter is not.</param>
/// <param name="offset">Where the slice begins among all parameters.</param>
/// <param name="learningRate">The rate of this step, at least 0.</param>
internal delegate void SliceStep<T>(Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>
/// All that an <see cref="Optimizer"/> remembers between steps: how many steps it took, and one array (a slot) for each running
/// quantity. The fit owns it; a copy of it and of the parameters resumes a fit bit for bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class OptimizerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[][] _slots;

    /// <summary>A rule's first state.</summary>
    /// <param name="optimizer">The <see cref="Optimizer.Name"/> of the rule it belongs to.</param>
    /// <param name="length">How many parameters the rule updates.</param>
    /// <param name="slots">How many numbers it remembers of each.</param>
    /// <param name="first">What they are before the first step.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public OptimizerState(string optimizer, int length, int slots, T first)
    {
        Optimizer = optimizer;
        Length = Guard.Range(length, length >= 0, nameof(length), "at least 0", "Give the number of parameters");
        _slots = new T[slots][];
        for (var i = 0; i < slots; i++)
            Array.Fill(_slots[i] = new T[length], first);
    }

    private OptimizerState(OptimizerState<T> source)
    {
        (Optimizer, Length, Steps) = (source.Optimizer, source.Length, source.Steps);
        _slots = [.. source._slots.Select(slot => (T[])slot.Clone())];
    }

    /// <summary>The name of the rule this state belongs to.</summary>
    public string Optimizer { get; }

    /// <summary>How many parameters the rule updates.</summary>
    public int Length { get; }

    /// <summary>Steps completed, which is also the index (from 0) of the step under way.</summary>
    public long Steps { get; set; }

    /// <summary>The part of a slot that a slice of the parameters uses.</summary>
    public Span<T> Slot(int index, int offset, int length) => _slots[index].AsSpan(offset, length);

    /// <summary>An independent copy.</summary>
    public OptimizerState<T> Clone() => new(this);

    /// <summary>Takes over the contents of another state of the same rule and length, without allocating.</summary>
    /// <exception cref="ArgumentException"><paramref name="source"/> belongs to another rule or length.</exception>
    public void CopyFrom(OptimizerState<T> source)
    {
        if (source.Optimizer != Optimizer || source.Length != Length)
        {
            throw new ArgumentException(
                $"A state of {source.Optimizer} over {source.Length} parameters cannot be copied into one of {Optimizer} over {Length}; " +
                "create both with the same rule and length.", nameof(source));
        }

        Steps = source.Steps;
        for (var i = 0; i < _slots.Length; i++)
            source._slots[i].CopyTo(_slots[i], 0);
    }

    /// <summary>Writes the state to a checkpoint, or reads it.</summary>
    public void Serialize(StateStream state)
    {
        var steps = Steps;
        state.Value(ref steps, 0, long.MaxValue / 2);
        Steps = steps;
        foreach (var slot in _slots)
            state.Values(slot.AsSpan());
    }
}
