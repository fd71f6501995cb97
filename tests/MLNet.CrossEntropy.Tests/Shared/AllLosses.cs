using MLNet.CrossEntropy.Losses;


namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Every loss, in the forms worth telling apart: a new line here is held to every invariant.</summary>
internal static class AllLosses
{
    /// <summary>The number of outputs that every loss of the table is made for.</summary>
    public const int Outputs = 4;

    private static readonly double[] Weights = [0.5, 2, 1.25, 3];

    private static readonly Dictionary<string, LogitLoss> Softmax = new()
    {
        ["softmax CE"] = new SoftmaxCrossEntropyLoss(),
        ["softmax CE, smoothed"] = new SoftmaxCrossEntropyLoss(labelSmoothing: 0.1),
        ["softmax CE, weighted"] = new SoftmaxCrossEntropyLoss(classWeights: Weights),
        ["softmax CE, smoothed and weighted"] = new SoftmaxCrossEntropyLoss(0.3, Weights),
        ["softmax Brier"] = new SoftmaxBrierLoss(),
        ["softmax Brier, weighted"] = new SoftmaxBrierLoss(Weights),
    };

    private static readonly Dictionary<string, LogitLoss> Sigmoid = new()
    {
        ["sigmoid CE"] = new SigmoidCrossEntropyLoss(),
        ["sigmoid CE, smoothed"] = new SigmoidCrossEntropyLoss(labelSmoothing: 0.1),
        ["sigmoid CE, positives weighted"] = new SigmoidCrossEntropyLoss(positiveWeights: Weights),
        ["sigmoid CE, one positive weight, smoothed"] = new SigmoidCrossEntropyLoss(0.2, [3]),
        ["sigmoid Brier"] = new SigmoidBrierLoss(),
    };

    public static TheoryData<string> Names => [.. Softmax.Keys, .. Sigmoid.Keys];

    public static TheoryData<string> SoftmaxNames => [.. Softmax.Keys];

    /// <summary>The losses whose target is the label itself, which a smoothed one may overshoot.</summary>
    public static TheoryData<string> UnsmoothedNames =>
        [.. Softmax.Keys.Concat(Sigmoid.Keys).Where(name => !name.Contains("smoothed", StringComparison.Ordinal))];

    public static LogitLoss Get(string name) => Softmax.TryGetValue(name, out var loss) ? loss : Sigmoid[name];

    public static bool IsSoftmax(string name) => Softmax.ContainsKey(name);

    /// <summary>Targets that a loss of the table accepts: every class, a soft label, and for sigmoid losses partly labelled rows.</summary>
    public static IEnumerable<TargetCase> TargetsFor(string name)
    {
        for (var k = 0; k < Outputs; k++)
            yield return new TargetCase(k);
        yield return new TargetCase(0.125f, 0.5f, 0f, 0.375f);
        yield return new TargetCase(0.25f, 0.25f, 0.25f, 0.25f);
        if (!IsSoftmax(name))
        {
            yield return new TargetCase(1, 0, 1, 1);
            yield return new TargetCase(float.NaN, 0, 0.75f, 1);
        }
    }

    /// <summary>Rows of logits: unremarkable, confident, equal.</summary>
    public static IEnumerable<double[]> Logits()
    {
        yield return [0.3, -1.2, 2.1, 0.4];
        yield return [-4, 6.5, 1, -2.25];
        yield return [0, 0, 0, 0];
        yield return [1.5, 1.5, -0.5, 0.125];
    }
}

/// <summary>A row's target that, unlike <see cref="RowTarget"/>, can be kept in a list.</summary>
internal sealed class TargetCase
{
    private readonly int _label = -1;
    private readonly float[]? _values;

    public TargetCase(int label) => _label = label;

    public TargetCase(params float[] values) => _values = values;

    public RowTarget Row => _values is null ? RowTarget.Class(_label) : RowTarget.Values(_values);

    public override string ToString() => _values is null ? $"class {_label}" : $"[{string.Join(", ", _values)}]";
}

/// <summary>Losses over arrays, which tests read more easily than spans.</summary>
internal static class LossExtensions
{
    public static double Loss(this LogitLoss loss, double[] logits, RowTarget target) => loss.Of(logits, target).Loss;

    public static (double Loss, double[] Gradient) Of(this LogitLoss loss, double[] logits, RowTarget target)
    {
        var gradient = new double[logits.Length];
        return (loss.LossAndGradient(logits, target, gradient), gradient);
    }

    public static (double Loss, float[] Gradient) Of(this LogitLoss loss, float[] logits, RowTarget target)
    {
        var gradient = new float[logits.Length];
        return (loss.LossAndGradient(logits, target, gradient), gradient);
    }
}
