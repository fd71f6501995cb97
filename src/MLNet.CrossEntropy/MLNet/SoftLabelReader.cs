using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Reads vector labels: a distribution over the classes, or counts c of each, which become shares <c>c / sum c</c>. Slots
/// that carry the classes' names are matched by name, others by position.
/// </summary>
internal sealed class SoftLabelReader
{
    private readonly ValueGetter<VBuffer<float>> _getter;
    private readonly float[] _values;
    private readonly int[]? _classOfSlot;
    private VBuffer<float> _buffer;

    public SoftLabelReader(DataViewRow row, DataViewSchema.Column label, ScoreClasses classes)
    {
        if (label.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var item }, Size: var size } || item != typeof(float) || size != classes.Count)
            throw Throw.WrongColumnType(label.Name, "label", label.Type, $"a vector of {classes.Count} Singles, one share a class,");
        _getter = row.GetGetter<VBuffer<float>>(label);
        _values = new float[classes.Count];
        if (classes.AreNamed && ColumnValues.AnnotationText(label, "SlotNames") is { } names)
        {
            _classOfSlot = [.. names.Select(classes.IndexOf)];
            if (_classOfSlot.Contains(ScoreClasses.Unknown))
                throw Throw.SoftLabelSlotIsNoClass(label.Name, names, classes.Names);
        }
    }

    /// <summary>
    /// Writes the shares of the current row and returns the sum of its values, or 0 where the label is missing: a value
    /// negative or not finite, or all of them 0.
    /// </summary>
    public double Read(Span<double> target)
    {
        _getter(ref _buffer);
        _buffer.CopyTo(_values);
        double sum = 0;
        foreach (var value in _values)
        {
            if (!(value >= 0))
                return 0;
            sum += value;
        }
        if (!double.IsFinite(sum) || sum == 0)
            return 0;
        for (var i = 0; i < _values.Length; i++)
            target[_classOfSlot is null ? i : _classOfSlot[i]] = _values[i] / sum;
        return sum;
    }
}
