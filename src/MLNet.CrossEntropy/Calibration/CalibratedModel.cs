using Microsoft.ML;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy;

/// <summary>A calibrated model: how it was calibrated, and what came of it on the rows it was calibrated on.</summary>
public sealed record CalibratedModel
{
    internal CalibratedModel(ITransformer transformer) => Transformer = transformer;

    /// <summary>
    /// The model with the calibration folded into its weights: a native model like the one it was made from, which predicts at the same
    /// cost, saves and loads. Where that stood in a chain, this is the chain with the one transformer replaced.
    /// </summary>
    public ITransformer Transformer { get; internal init; }

    /// <summary>How the logits are corrected.</summary>
    internal CalibrationMethod Method { get; init; }

    /// <summary>The classes in the order of the model's scores; of a binary model the positive class alone.</summary>
    public IReadOnlyList<string> ClassNames { get; internal init; } = [];

    /// <summary>The factor of each class's logit; <c>1 / T</c> for all of them when a temperature was fitted.</summary>
    public IReadOnlyList<double> Scales { get; internal init; } = [];

    /// <summary>What is then added to each class's logit; 0 when a temperature was fitted.</summary>
    public IReadOnlyList<double> Offsets { get; internal init; } = [];

    /// <summary>The temperature: above 1 the model was too sure of itself, below 1 not sure enough. NaN for the other methods.</summary>
    public double Temperature => Method == CalibrationMethod.Temperature ? 1 / Scales[0] : double.NaN;

    /// <summary>The log-loss before, in nats.</summary>
    public double LogLossBefore { get; internal init; }

    /// <summary>The log-loss after, in nats: never above the one before.</summary>
    public double LogLossAfter { get; internal init; }

    /// <summary>The top-label expected calibration error before, in 15 bins of equal width.</summary>
    public double CalibrationErrorBefore { get; internal init; }

    /// <summary>The top-label expected calibration error after, in 15 bins of equal width.</summary>
    public double CalibrationErrorAfter { get; internal init; }

    /// <summary>What became of the rows. Those used are the ones the fit was made to.</summary>
    public RowCounts Rows { get; internal init; } = new();

    /// <summary>How many iterations the fit took.</summary>
    public int Iterations { get; internal init; }

    /// <summary>
    /// The largest component of the log-loss's gradient at the end: 0 but for rounding, as the fit runs until it converges or fails.
    /// </summary>
    public double GradientNorm { get; internal init; }

    /// <summary>The numbers as lines of text.</summary>
    public override string ToString() => TextTable.Of(Table.Facts("Calibration", Lines()), hasHeader: false);

    private IEnumerable<(string Name, string Value)> Lines()
    {
        if (Method == CalibrationMethod.Temperature)
            yield return Table.Fact("temperature", $"{Temperature:G6}");
        for (var k = 0; Method != CalibrationMethod.Temperature && k < Scales.Count; k++)
            yield return Table.Fact($"class {ClassNames[k]}", $"scale {Scales[k]:G6}, offset {Offsets[k]:G6}");
        yield return Table.Fact("log-loss (nats)", $"{LogLossBefore:0.000000} before, {LogLossAfter:0.000000} after");
        yield return Table.Fact("ECE", $"{CalibrationErrorBefore:0.0000} before, {CalibrationErrorAfter:0.0000} after");
        yield return Table.Fact("rows", $"{Rows}");
        yield return Table.Fact("iterations", $"{Iterations}, gradient {GradientNorm:G3}");
    }
}

/// <summary>How the logits z of a model are corrected.</summary>
internal enum CalibrationMethod
{
    /// <summary>All logits are divided by one temperature: <c>z / T</c>. No prediction of a class changes.</summary>
    Temperature,

    /// <summary>Each class has a scale and an offset of its own: <c>a_k z_k + c_k</c>.</summary>
    Vector,

    /// <summary>Platt's sigmoid for a binary model: <c>1 / (1 + exp(-a z - c))</c>.</summary>
    Platt,
}
