using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// All that an <see cref="Optimizer"/> remembers between steps: how many steps it took, and one named array (a slot) for each
/// running quantity. The caller owns it; a copy of it and of the parameters resumes a fit bit for bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class OptimizerState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly string[] _names;
    private readonly T[][] _slots;

    /// <summary>Restores a state from its parts, or makes a rule's first one.</summary>
    /// <param name="optimizer">The <see cref="Optimizer.Name"/> of the rule it belongs to.</param>
    /// <param name="length">How many parameters the rule updates.</param>
    /// <param name="steps">Steps taken so far.</param>
    /// <param name="slots">The slots in the rule's order; the arrays are used as they are, not copied.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> or <paramref name="steps"/> is negative.</exception>
    /// <exception cref="ArgumentException">A slot has neither one value for each parameter nor a single one.</exception>
    public OptimizerState(string optimizer, int length, long steps, params ReadOnlySpan<(string Name, T[] Values)> slots)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        CheckLength(length);
        Guard.Range(steps, steps >= 0, nameof(steps), "at least 0", "Give the steps completed");
        Optimizer = optimizer;
        Length = length;
        Steps = steps;
        _names = new string[slots.Length];
        _slots = new T[slots.Length][];
        for (var i = 0; i < slots.Length; i++)
        {
            (_names[i], _slots[i]) = slots[i];
            if (_slots[i].Length != length && _slots[i].Length != 1)
            {
                throw new ArgumentException(
                    $"Slot '{_names[i]}' has {_slots[i].Length} values; give {length}, one for each parameter, or 1 for all.", nameof(slots));
            }
        }
    }

    /// <summary>The name of the rule this state belongs to.</summary>
    public string Optimizer { get; }

    /// <summary>How many parameters the rule updates.</summary>
    public int Length { get; }

    /// <summary>Steps completed, which is also the index (from 0) of the step under way.</summary>
    public long Steps { get; internal set; }

    /// <summary>The slots' names, in the rule's order.</summary>
    public IReadOnlyList<string> SlotNames => _names;

    /// <summary>The values of a slot.</summary>
    /// <exception cref="ArgumentException">There is no slot of that name.</exception>
    public Span<T> Slot(string name)
    {
        var index = Array.IndexOf(_names, name);
        if (index < 0)
            throw new ArgumentException($"There is no slot '{name}' in a state of {Optimizer}; it has: {string.Join(", ", _names)}.", nameof(name));
        return _slots[index];
    }

    /// <summary>An independent copy.</summary>
    public OptimizerState<T> Clone()
    {
        var slots = new (string, T[])[_slots.Length];
        for (var i = 0; i < slots.Length; i++)
            slots[i] = (_names[i], (T[])_slots[i].Clone());
        return new OptimizerState<T>(Optimizer, Length, Steps, slots);
    }

    /// <summary>Takes over the contents of another state of the same rule and length, without allocating.</summary>
    /// <exception cref="ArgumentException"><paramref name="source"/> belongs to another rule or length.</exception>
    public void CopyFrom(OptimizerState<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Optimizer != Optimizer || source.Length != Length || !source._names.AsSpan().SequenceEqual(_names))
        {
            throw new ArgumentException(
                $"A state of {source.Optimizer} over {source.Length} parameters cannot be copied into one of {Optimizer} over {Length}; " +
                "create both with the same rule and length.", nameof(source));
        }

        Steps = source.Steps;
        for (var i = 0; i < _slots.Length; i++)
            source._slots[i].CopyTo(_slots[i], 0);
    }

    internal void Exchange(StateExchange state)
    {
        var steps = Steps;
        state.Value(ref steps);
        Steps = steps;
        foreach (var slot in _slots)
            state.Values(slot.AsSpan());
    }

    internal static void CheckLength(int length) =>
        Guard.Range(length, length >= 0, nameof(length), "at least 0", "Give the number of parameters");

    /// <summary>The part of a slot that a slice of the parameters uses.</summary>
    internal Span<T> Slot(int index, int offset, int length) => _slots[index].AsSpan(offset, length);
}
