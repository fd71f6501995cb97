using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Reads a label that is a vector of Boolean or Single, with a number for each class or answer: in the order of the classes, whatever that
/// of the slots (<see cref="ScoreClasses.OfSlots"/>).
/// </summary>
internal sealed class VectorLabel
{
    private readonly Action _read;
    private readonly DataViewSchema.Column _label;
    private readonly int[]? _classOfSlot;
    private readonly float[] _slots;
    private readonly float[] _values;

    /// <exception cref="ArgumentException">Names are on one side alone, or are not the same.</exception>
    public VectorLabel(DataViewRow row, DataViewSchema.Column label, ScoreClasses classes)
    {
        _label = label;
        _classOfSlot = classes.OfSlots(label);
        _slots = new float[classes.Count];
        _values = _classOfSlot is null ? _slots : new float[classes.Count];
        _read = ((VectorDataViewType)label.Type).ItemType is BooleanDataViewType
            ? Reader<bool>(row, (in VBuffer<bool> buffer) =>
            {
                Array.Clear(_slots);
                foreach ((var slot, var value) in buffer.Items())
                    _slots[slot] = value ? 1 : 0;
            })
            : Reader<float>(row, (in VBuffer<float> buffer) => buffer.CopyTo(_slots));
    }

    private delegate void Copy<T>(in VBuffer<T> buffer);

    /// <summary>The numbers of the row that was read last, one for each class.</summary>
    public float[] Values => _values;

    /// <summary>
    /// Reads a distribution over the classes, or counts of each, which are shares of their sum. Returns <see cref="ScoreClasses.Soft"/>, or
    /// <see cref="ScoreClasses.Missing"/> where a value is negative or not finite, or all of them are 0.
    /// </summary>
    public int ReadShares(out double sum)
    {
        _read();
        sum = 0;
        var isNegative = false;
        foreach (var value in _values)
        {
            sum += value;
            isNegative |= value < 0;
        }
        return isNegative || !double.IsFinite(sum) || sum == 0 ? ScoreClasses.Missing : ScoreClasses.Soft;
    }

    /// <summary>
    /// Reads answers, NaN where there is none; returns how many there are, and where the first stands that is neither NaN nor from 0 to
    /// 1, -1 for nowhere.
    /// </summary>
    public (int Answers, int Wrong) ReadAnswers()
    {
        _read();
        var (answers, wrong) = (0, -1);
        for (var k = 0; k < _values.Length; k++)
        {
            if (float.IsNaN(_values[k]))
                continue;
            answers++;
            if (wrong < 0 && _values[k] is not (>= 0 and <= 1))
                wrong = k;
        }
        return (answers, wrong);
    }

    /// <summary>What the slot of a class is called in messages.</summary>
    public string SlotOf(int index) => AnnotationNames.OfFeature(_label, _classOfSlot is null ? index : Array.IndexOf(_classOfSlot, index));

    private Action Reader<T>(DataViewRow row, Copy<T> copy)
    {
        var getter = ColumnValues.Vector<T>(row, _label);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            copy(buffer);
            for (var slot = 0; _classOfSlot is not null && slot < _slots.Length; slot++)
                _values[_classOfSlot[slot]] = _slots[slot];
        };
    }
}
