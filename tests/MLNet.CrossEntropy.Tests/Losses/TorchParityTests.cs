using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>
/// Every case of torch-losses.json, in double and in float: PyTorch's weights and reductions, computed from our losses of single rows.
/// Where our loss is defined otherwise than PyTorch's (class weights beside smoothing), the test says so.
/// </summary>
public sealed class TorchParityTests
{
    private static readonly JsonNode Torch = GoldenFile.Load("torch-losses.json");

    public static TheoryData<int, bool> CrossEntropyIndex => Cases("cross_entropy_index");

    public static TheoryData<int, bool> CrossEntropyProb => Cases("cross_entropy_prob");

    public static TheoryData<int, bool> BceLogits => Cases("bce_logits");

    public static TheoryData<int, bool> BceProb => Cases("bce_prob");

    public static TheoryData<int, bool> KlDiv => Cases("kl_div");

    public static TheoryData<int, bool> MseSoftmax => Cases("mse_softmax");

    [Theory]
    [MemberData(nameof(CrossEntropyIndex))]
    public void Cross_entropy_of_class_indices(int index, bool narrow)
    {
        var golden = Torch["cross_entropy_index"]![index]!;
        var ignored = (int)golden["ignore_index"].Number();
        int[] labels = [.. golden["target"].Flat().Select(y => (int)y == ignored ? -1 : (int)y)];
        var rows = Logits(golden, labels.Length);
        var weights = golden["weight"].FlatOrNull();
        var smoothing = golden["label_smoothing"].Number();
        var divisor = labels.Sum(y => y < 0 ? 0 : weights?[y] ?? 1);

        var targets = labels.Select(y => Enumerable.Range(0, rows[0].Length).Select(k => y < 0 ? 0 : k == y ? 1.0 : 0).ToArray());
        AssertMatches(golden, [.. rows.Zip(targets, (z, p) => TorchRow(z, p, smoothing, weights, narrow))], divisor, narrow);

        // Ours differs from PyTorch's only where class weights meet smoothing.
        if (weights is not null && smoothing > 0)
            return;
        var loss = new SoftmaxCrossEntropyLoss(smoothing, weights);
        AssertMatches(golden, [.. rows.Zip(labels, (z, y) => Row(loss, z, new TargetCase(y), narrow))], divisor, narrow);
        Assert.Equal(divisor, labels.Sum(y => loss.TargetWeight(RowTarget.Class(y))));
        if (smoothing > 0)
            return;

        var nll = rows.Zip(labels, (z, y) => y < 0 ? 0 : (weights?[y] ?? 1) * NegativeLogLikelihood(z, y, narrow)).Sum();
        if (golden["nll_sum"] is { } sum)
            AssertClose(sum.Number(), nll, narrow, "nll_sum");
        if (golden["nll_mean"] is { } mean)
            AssertClose(mean.Number(), nll / divisor, narrow, "nll_mean");
        if (weights is null && !narrow)
            AssertMean(golden, gradient => LossFunctions.SoftmaxCrossEntropy<double>([.. rows.SelectMany(z => z)], labels, gradient));
    }

    [Theory]
    [MemberData(nameof(CrossEntropyProb))]
    public void Cross_entropy_of_soft_labels(int index, bool narrow)
    {
        var golden = Torch["cross_entropy_prob"]![index]!;
        var count = golden["target"]!.AsArray().Count;
        var target = golden["target"].Flat();
        double[][] rows = Logits(golden, count), targets = [.. target.Chunk(target.Length / count)];
        var weights = golden["weight"].FlatOrNull();
        var smoothing = golden["label_smoothing"].Number();

        // PyTorch divides the losses of soft labels by their number, whatever the class weights.
        AssertMatches(golden, [.. rows.Zip(targets, (z, p) => TorchRow(z, p, smoothing, weights, narrow))], count, narrow);
        if (weights is not null)
            return;
        var loss = new SoftmaxCrossEntropyLoss(smoothing);
        var cases = targets.Select(p => new TargetCase([.. p.Select(x => (float)x)]));
        AssertMatches(golden, [.. rows.Zip(cases, (z, p) => Row(loss, z, p, narrow))], count, narrow);
        if (smoothing == 0 && !narrow)
        {
            double[] logits = [.. rows.SelectMany(z => z)];
            AssertMean(golden, gradient => LossFunctions.SoftmaxCrossEntropy(logits, new Target<double>(target), rows[0].Length, gradient));
        }
    }

    [Theory]
    [MemberData(nameof(BceLogits))]
    public void Binary_cross_entropy_of_logits(int index, bool narrow)
    {
        var golden = Torch["bce_logits"]![index]!;
        double[] logits = golden["logits"].Flat(), target = golden["target"].Flat();
        double[]? weights = golden["weight"].FlatOrNull(), positive = golden["pos_weight"].FlatOrNull();
        AssertMatches(golden, [.. logits.Select(Cell)], logits.Length, narrow);
        if (weights is null && positive is null && !narrow)
            AssertMean(golden, gradient => LossFunctions.SigmoidCrossEntropy(logits, new Target<double>(target), gradient));

        (double Loss, double[] Gradient) Cell(double z, int i)
        {
            var loss = new SigmoidCrossEntropyLoss(positiveWeights: positive is null ? null : [positive[i % positive.Length]]);
            return Times(weights?[i % weights.Length] ?? 1, Row(loss, [z], new TargetCase((float)target[i]), narrow));
        }
    }

    [Theory]
    [MemberData(nameof(BceProb))]
    public void Binary_cross_entropy_of_probabilities(int index, bool narrow)
    {
        var golden = Torch["bce_prob"]![index]!;
        double[] probabilities = golden["prob"].Flat(), target = golden["target"].Flat();
        var weights = golden["weight"].FlatOrNull();

        // One input, 1 - 2^-53, has no float.
        if (narrow && probabilities.Any(p => (float)p != p))
            return;
        AssertMatches(golden, [.. probabilities.Select(Cell)], probabilities.Length, narrow);
        if (weights is null && !narrow)
            AssertMean(golden, gradient => LossFunctions.BinaryCrossEntropy(probabilities, new Target<double>(target), -100, gradient));

        (double Loss, double[] Gradient) Cell(double q, int i)
        {
            double[] gradient = new double[1];
            var narrowGradient = new float[1];
            var loss = narrow
                ? LossFunctions.BinaryCrossEntropy<float>([(float)q], new Target<float>([(float)target[i]]), -100, narrowGradient)
                : LossFunctions.BinaryCrossEntropy([q], new Target<double>([target[i]]), -100, gradient);
            return Times(weights?[i % weights.Length] ?? 1, (loss, narrow ? [narrowGradient[0]] : gradient));
        }
    }

    // PyTorch's mean is over N x K elements, ours over the N rows.
    [Theory]
    [MemberData(nameof(MseSoftmax))]
    public void Squared_error_of_probabilities(int index, bool narrow)
    {
        var golden = Torch["mse_softmax"]![index]!;
        int[] labels = [.. golden["target"].Flat().Select(y => (int)y)];
        var rows = Logits(golden, labels.Length);
        var loss = new SoftmaxBrierLoss();
        var found = rows.Zip(labels, (z, y) => Row(loss, z, new TargetCase(y), narrow));
        AssertMatches(golden, [.. found], labels.Length * rows[0].Length, narrow);
    }

    /// <summary>From logits the divergence is finite and exact even where the probabilities have gone to 0: KL = CE - H(p).</summary>
    [Theory]
    [MemberData(nameof(KlDiv))]
    public void Divergence_from_logits(int index, bool narrow)
    {
        var golden = Torch["kl_div"]![index]!;
        double[] logits = Torch["logits"]![golden["logits"]!.GetValue<string>()].Flat(), gradient = new double[logits.Length];
        var target = golden["target"].Flat();
        if (golden["log_target"]!.GetValue<bool>())
            target = [.. target.Select(Math.Exp)];
        var classes = logits.Length / golden["target"]!.AsArray().Count;
        var entropy = target.Chunk(classes).Average(p => InformationTheory.Entropy<double>(p));
        if (narrow)
        {
            float[] singles = [.. target.Select(p => (float)p)];
            var single = LossFunctions.SoftmaxCrossEntropy<float>([.. logits.Select(z => (float)z)], new Target<float>(singles), classes);
            Assert.Equal(golden["batchmean"].Number() + entropy, single, 1e-5 * single);
            return;
        }

        var mean = LossFunctions.SoftmaxCrossEntropy(logits, new Target<double>(target), classes, gradient);
        Tolerances.AssertClose(golden["batchmean"].Number(), mean - entropy, Tolerances.Double);
        Tolerances.AssertClose(golden["grad_logits_batchmean"].Flat(), gradient, Tolerances.Double);
    }

    /// <summary>
    /// PyTorch's row: <c>l = sum_k w_k s_k (LSE(z) - z_k)</c> with s = (1 - a) p + a/K. Its class weights stand inside the smoothed sum,
    /// ours before it. Each term is our loss of class k. A row without a label is all 0.
    /// </summary>
    private static (double Loss, double[] Gradient) TorchRow(double[] logits, double[] p, double smoothing, double[]? weights, bool narrow)
    {
        double sum = 0;
        var gradient = new double[logits.Length];
        for (var k = 0; k < logits.Length && p.Any(x => x > 0); k++)
        {
            var coefficient = (weights?[k] ?? 1) * ((1 - smoothing) * p[k] + smoothing / logits.Length);
            if (coefficient == 0)
                continue;
            var term = Times(coefficient, Row(new SoftmaxCrossEntropyLoss(), logits, new TargetCase(k), narrow));
            sum += term.Loss;
            for (var j = 0; j < gradient.Length; j++)
                gradient[j] += term.Gradient[j];
        }

        return (sum, gradient);
    }

    private static (double Loss, double[] Gradient) Row(LogitLoss loss, double[] logits, TargetCase target, bool narrow)
    {
        if (!narrow)
            return loss.Of(logits, target.Row);
        var (value, gradient) = loss.Of([.. logits.Select(z => (float)z)], target.Row);
        return (value, [.. gradient.Select(g => (double)g)]);
    }

    private static (double Loss, double[] Gradient) Times(double weight, (double Loss, double[] Gradient) row) =>
        (weight * row.Loss, [.. row.Gradient.Select(g => weight * g)]);

    private static double NegativeLogLikelihood(double[] logits, int label, bool narrow)
    {
        var logProbabilities = new double[logits.Length];
        StableMath.LogSoftmax<double>(logits, logProbabilities);
        return narrow
            ? LossFunctions.NegativeLogLikelihood<float>([.. logProbabilities.Select(q => (float)q)], [label])
            : LossFunctions.NegativeLogLikelihood<double>(logProbabilities, [label]);
    }

    private static void AssertMatches(JsonNode golden, (double Loss, double[] Gradient)[] rows, double divisor, bool narrow)
    {
        var sum = rows.Sum(row => row.Loss);
        double[] gradient = [.. rows.SelectMany(row => row.Gradient)];
        if (golden["none"] is { } none)
            AssertClose(none.Flat(), rows.Select(row => row.Loss), narrow, "none");
        AssertClose(golden["sum"].Number(), sum, narrow, "sum");
        if (golden["grad_sum"] is { } ofSum)
            AssertClose(ofSum.Flat(), gradient, narrow, "grad_sum");
        AssertClose(golden["mean"].Number(), sum / divisor, narrow, "mean");
        AssertClose(golden["grad_mean"].Flat(), gradient.Select(g => divisor == 0 ? 0 : g / divisor), narrow, "grad_mean");
    }

    private static void AssertMean(JsonNode golden, Func<double[], double> mean)
    {
        var gradient = new double[golden["grad_mean"].Flat().Length];
        AssertClose(golden["mean"].Number(), mean(gradient), narrow: false, "mean of the function");
        AssertClose(golden["grad_mean"].Flat(), gradient, narrow: false, "gradient of the function");
        Assert.Equal(mean(gradient), mean([]));
    }

    private static void AssertClose(double expected, double actual, bool narrow, string where) =>
        Tolerances.AssertClose(expected, actual, narrow ? Tolerances.Float : Tolerances.Double, where);

    private static void AssertClose(IEnumerable<double> expected, IEnumerable<double> actual, bool narrow, string where) =>
        Tolerances.AssertClose(expected, actual, narrow ? Tolerances.Float : Tolerances.Double, where);

    private static TheoryData<int, bool> Cases(string name)
    {
        var cases = new TheoryData<int, bool>();
        for (var i = 0; i < Torch[name]!.AsArray().Count; i++)
        {
            cases.Add(i, false);
            cases.Add(i, true);
        }

        return cases;
    }

    private static double[][] Logits(JsonNode golden, int rows)
    {
        var logits = Torch["logits"]![golden["input"]!.GetValue<string>()].Flat();
        return [.. logits.Chunk(logits.Length / rows)];
    }
}
