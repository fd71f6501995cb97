using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Walks over rows of features, each with its class and its weight.</summary>
internal sealed class LabelledFeatures : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly Func<int> _getClass;
    private readonly Func<double>? _getWeight;
    private readonly string? _weightColumn;
    private VBuffer<float> _features;

    public LabelledFeatures(IDataView data, DataViewSchema.Column features, DataViewSchema.Column label, ScoreClasses classes, DataViewSchema.Column? weight)
    {
        _cursor = data.GetRowCursor(weight is { } w ? [features, label, w] : [features, label]);
        _getFeatures = _cursor.GetGetter<VBuffer<float>>(features);
        _getClass = classes.LabelGetter(_cursor, label);
        _getWeight = weight is { } column ? ColumnValues.Number(_cursor, column, "example weight") : null;
        _weightColumn = weight?.Name;
    }

    /// <summary>The features of the current row.</summary>
    public ref readonly VBuffer<float> Features
    {
        get
        {
            _getFeatures(ref _features);
            return ref _features;
        }
    }

    /// <summary>The class of the current row, or <see cref="ScoreClasses.Missing"/> or <see cref="ScoreClasses.Unknown"/>.</summary>
    public int Class => _getClass();

    /// <summary>The weight of the current row.</summary>
    /// <exception cref="InvalidOperationException">It is negative or not finite.</exception>
    public double Weight()
    {
        var weight = _getWeight?.Invoke() ?? 1;
        return weight >= 0 && double.IsFinite(weight) ? weight : throw Throw.BadTrainingWeight(_weightColumn!, _cursor.Position, (float)weight);
    }

    public bool MoveNext() => _cursor.MoveNext();

    public void Dispose() => _cursor.Dispose();
}
