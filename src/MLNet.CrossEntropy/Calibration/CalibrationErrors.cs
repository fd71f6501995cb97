using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>The wording of a calibration's errors.</summary>
internal static class CalibrationErrors
{
    private const string HoldOut = "Calibrate on rows that the model was not trained on, and on more of them";

    public static InvalidOperationException ConstantLogits() => new(
        "In every row the logits of all classes are the same: no scale makes a difference, and there is nothing to calibrate. Train the "
        + "model on more, or on other, features.");

    public static InvalidOperationException UninformativeLogits() => new(
        "The rows' own classes have no higher logits than the others on average: the log-loss falls as the temperature goes to "
        + "infinity, where the model says nothing. "
        + "Check that the labels are those the model was trained on, and that it is any good on these rows.");

    public static InvalidOperationException SeparableLogits() => new(
        $"The model is right in every row, or tells a class from the others beyond doubt: the log-loss falls for ever as logits grow, "
        + $"and has no minimum. {HoldOut}.");

    public static InvalidOperationException ClassWithoutRows(IEnumerable<string> classes) => new(
        $"There are no rows of {string.Join(", ", classes.Select(Throw.Quoted))}: the log-loss falls for ever as the offset of such a "
        + $"class goes to minus infinity. {HoldOut}, of every class, or fit a temperature, which needs none.");

    public static InvalidOperationException CalibrationDidNotConverge(string method, int iterations) => new(
        $"The fit of {method} did not converge in {iterations} iterations. {HoldOut}.");

    public static InvalidOperationException NoCalibrationRows(RowCounts counts) => new(
        $"None of the rows can be calibrated on: {counts}.");

    public static ArgumentException CalibratedAlready(string parameter) => new(
        $"After the linear classifier in '{parameter}' comes a calibrator that was fitted to its scores of now, which would go wrong "
        + "when they change. Give the model without that calibrator.", parameter);

    public static ArgumentException WrongTask(string parameter, bool needsBinary)
    {
        (var found, var needed) = needsBinary ? ("multiclass", "a binary one") : ("binary", "a multiclass one");
        var remedy = "Use the method of the same name on the other catalog.";
        return new($"The linear classifier in '{parameter}' is {found}; {needed} is needed. {remedy}", parameter);
    }
}
