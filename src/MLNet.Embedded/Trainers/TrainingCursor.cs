using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>Reads training rows; those with a missing label, a non-finite feature or a weight that is not positive are skipped and counted.</summary>
internal sealed class TrainingCursor : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<float> _getLabel;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly ValueGetter<float> _getWeight;
    private float _label;
    private float _weight = 1;
    private VBuffer<float> _features;

    public TrainingCursor(IDataView data, string featureColumn, string labelColumn, string weightColumn)
    {
        DataViewSchema.Column features = data.Schema[featureColumn], label = data.Schema[labelColumn];
        DataViewSchema.Column? weight = weightColumn == null ? null : data.Schema[weightColumn];
        _cursor = data.GetRowCursor(weight is { } weights ? [features, label, weights] : [features, label]);
        _getLabel = LabelGetter.Make(_cursor, label);
        _getFeatures = _cursor.GetGetter<VBuffer<float>>(features);
        _getWeight = weight is { } column ? _cursor.GetGetter<float>(column) : null;
    }

    public float Label => _label;

    public float Weight => _weight;

    public ref readonly VBuffer<float> Features => ref _features;

    public long SkippedCount { get; private set; }

    public bool MoveNext()
    {
        while (_cursor.MoveNext())
        {
            _getLabel(ref _label);
            _getFeatures(ref _features);
            _getWeight?.Invoke(ref _weight);
            if (float.IsFinite(_label) && _weight > 0 && float.IsFinite(_weight) && AreFinite(_features.GetValues()))
                return true;
            SkippedCount++;
        }

        return false;
    }

    public void Dispose() => _cursor.Dispose();

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }
}
