using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>
/// Reads held-out rows as the model sees them: its logits <c>W x + b</c> in double, from the features; (0, z) for a binary model.
/// </summary>
internal sealed class CalibrationRowReader
{
    private readonly LinearModel _model;
    private readonly double[] _logits;
    private readonly RowCounter _outcomes = new();

    private CalibrationRowReader(LinearModel model, CancellationToken cancellation)
    {
        _model = model;
        _logits = new double[model.IsBinary ? 2 : model.Biases.Length];
        Rows = new CalibrationRows(_logits.Length, cancellation);
    }

    /// <summary>The usable rows.</summary>
    public CalibrationRows Rows { get; }

    /// <summary>What became of all rows.</summary>
    public RowCounts Counts => _outcomes.ToCounts();

    /// <summary>Reads <paramref name="data"/>, which goes through the transformers before the model first.</summary>
    /// <exception cref="InvalidOperationException">No row is usable, or a weight is negative or not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CalibrationRowReader Read(
        FoundModel found, IDataView data, string labelColumn, string? weightColumn, CancellationToken cancellation)
    {
        var prepared = found.Path.Before(data);
        var features = found.FeaturesIn(prepared, nameof(data));
        var label = ColumnValues.Require(prepared.Schema, labelColumn, "label");
        var weight = ColumnValues.Optional(prepared.Schema, weightColumn, "example weight");
        var classes = found.Model.IsBinary
            ? ScoreClasses.OfBinary(label)
            : ScoreClasses.Of(found.ScoreColumn, found.Model.Biases.Length, found.ClassNames());

        CalibrationRowReader reader = new(found.Model, cancellation);
        using LabelledFeatures rows = new(prepared, features, label, classes, weight);
        while (rows.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            reader.Read(rows);
        }
        return reader.Rows.Count > 0 ? reader : throw CalibrationErrors.NoCalibrationRows(reader.Counts);
    }

    private void Read(LabelledFeatures row)
    {
        (var weight, var rowClass) = (row.Weight(), row.Class);
        var outcome = BadRows.CheckLabel(rowClass, weight);
        if (outcome == RowOutcome.Used && !TryAdd(row.Features, rowClass, weight))
            outcome = RowOutcome.NonFiniteScore;
        _outcomes.Add(outcome, 1);
    }

    /// <summary>Adds a row; false, with nothing added, where its logits are not finite.</summary>
    private bool TryAdd(in VBuffer<float> row, int rowClass, double weight)
    {
        for (var k = 0; k < _model.Biases.Length; k++)
            _logits[_logits.Length - _model.Biases.Length + k] = _model.Biases[k] + Dot(row, _model.Weights[k]);
        if (!Array.TrueForAll(_logits, double.IsFinite))
            return false;
        Rows.Add(_logits, rowClass, weight);
        return true;
    }

    private static double Dot(in VBuffer<float> row, float[] weights)
    {
        var values = row.GetValues();
        var indices = row.GetIndices();
        double sum = 0;
        for (var e = 0; e < values.Length; e++)
            sum += (double)values[e] * weights[row.IsDense ? e : indices[e]];
        return sum;
    }
}
