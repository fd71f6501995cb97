using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy;

/// <summary>How a model was calibrated, and what came of it on the rows it was calibrated on.</summary>
public sealed record CalibrationReport
{
    /// <summary>How the logits are corrected.</summary>
    public required CalibrationMethod Method { get; init; }

    /// <summary>The classes in the order of the model's scores; of a binary model the positive class alone.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The factor of each class's logit; <c>1 / T</c> for all of them when a temperature was fitted.</summary>
    public required IReadOnlyList<double> Scales { get; init; }

    /// <summary>What is then added to each class's logit; 0 when a temperature was fitted.</summary>
    public required IReadOnlyList<double> Offsets { get; init; }

    /// <summary>The temperature: above 1 the model was too sure of itself, below 1 not sure enough. NaN for the other methods.</summary>
    public double Temperature => Method == CalibrationMethod.Temperature ? 1 / Scales[0] : double.NaN;

    /// <summary>The log-loss before, in nats.</summary>
    public required double LogLossBefore { get; init; }

    /// <summary>The log-loss after, in nats: never above the one before.</summary>
    public required double LogLossAfter { get; init; }

    /// <summary>The top-label expected calibration error before, in 15 bins of equal width.</summary>
    public required double CalibrationErrorBefore { get; init; }

    /// <summary>The top-label expected calibration error after, in 15 bins of equal width.</summary>
    public required double CalibrationErrorAfter { get; init; }

    /// <summary>What became of the rows. Those used are the ones the fit was made to.</summary>
    public required RowCounts Rows { get; init; }

    /// <summary>How many iterations the fit took.</summary>
    public required int Iterations { get; init; }

    /// <summary>The largest component of the log-loss's gradient at the end: 0 but for rounding, as the fit runs until it converges or fails.</summary>
    public required double GradientNorm { get; init; }

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
