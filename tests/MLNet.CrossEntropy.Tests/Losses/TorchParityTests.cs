using System.Numerics;
using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>
/// Every case of torch-losses.json, in double and in float. Where our mean is defined otherwise than PyTorch's (soft
/// labels, weighted cells), the test says so and holds ours to its own definition.
/// </summary>
public sealed class TorchParityTests
{
    private static readonly JsonNode Torch = GoldenFile.Load("torch-losses.json");

    /// <summary>One call of a batch function: spans cannot be captured, so gradient and losses come as arrays.</summary>
    private delegate double Call<T>(Reduction reduction, T[] gradient, T[] losses);

    public static TheoryData<int> CrossEntropyIndex => Cases("cross_entropy_index");

    public static TheoryData<int> CrossEntropyProb => Cases("cross_entropy_prob");

    public static TheoryData<int> BceLogits => Cases("bce_logits");

    public static TheoryData<int> BceProb => Cases("bce_prob");

    public static TheoryData<int> KlDiv => Cases("kl_div");

    public static TheoryData<int> MseSoftmax => Cases("mse_softmax");

    [Theory]
    [MemberData(nameof(CrossEntropyIndex))]
    public void Cross_entropy_of_class_indices(int index)
    {
        CrossEntropyOfClassIndices<double>(index);
        CrossEntropyOfClassIndices<float>(index);
    }

    [Theory]
    [MemberData(nameof(CrossEntropyProb))]
    public void Cross_entropy_of_soft_labels(int index)
    {
        CrossEntropyOfSoftLabels<double>(index);
        CrossEntropyOfSoftLabels<float>(index);
    }

    [Theory]
    [MemberData(nameof(BceLogits))]
    public void Binary_cross_entropy_of_logits(int index)
    {
        BinaryCrossEntropyOfLogits<double>(index);
        BinaryCrossEntropyOfLogits<float>(index);
    }

    [Theory]
    [MemberData(nameof(BceProb))]
    public void Binary_cross_entropy_of_probabilities(int index)
    {
        BinaryCrossEntropyOfProbabilities<double>(index);
        // One input, 1 - 2^-53, has no float.
        if (Case("bce_prob", index)["prob"].Flat().All(p => (float)p == p))
            BinaryCrossEntropyOfProbabilities<float>(index);
    }

    [Theory]
    [MemberData(nameof(MseSoftmax))]
    public void Squared_error_of_probabilities(int index)
    {
        SquaredErrorOfProbabilities<double>(index);
        SquaredErrorOfProbabilities<float>(index);
    }

    /// <summary>From logits the divergence is finite and exact even where the probabilities have gone to 0: KL = CE - H(p).</summary>
    [Theory]
    [MemberData(nameof(KlDiv))]
    public void Divergence_from_logits(int index)
    {
        var golden = Case("kl_div", index);
        double[] logits = Torch["logits"]![golden["logits"]!.GetValue<string>()].Flat(), gradient = new double[logits.Length];
        var target = golden["target"].Flat();
        if (golden["log_target"]!.GetValue<bool>())
            target = [.. target.Select(Math.Exp)];
        int rows = golden["target"]!.AsArray().Count, classes = logits.Length / rows;

        var mean = LossFunctions.SoftmaxCrossEntropy(logits, Target.Of<double>(target), classes, gradient: gradient);
        var entropy = target.Chunk(classes).Average(p => InformationTheory.Entropy<double>(p));
        Tolerances.AssertClose(golden["batchmean"].Number(), mean - entropy, Tolerances.Double);
        Tolerances.AssertClose(golden["grad_logits_batchmean"].Flat(), gradient, Tolerances.Double);
    }

    private static void CrossEntropyOfClassIndices<T>(int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Case("cross_entropy_index", index);
        var logits = Logits<T>(golden);
        int[] labels = [.. golden["target"].Flat().Select(y => (int)y)];
        var weights = golden["weight"].FlatOrNull();
        var smoothing = golden["label_smoothing"].Number();
        var ignored = (int)golden["ignore_index"].Number();

        Call<T> torch = (reduction, gradient, losses) => LossFunctions.TorchCrossEntropy<T>(
            logits, labels, smoothing, weights, reduction: reduction, ignoredLabel: ignored, gradient: gradient, losses: losses);
        AssertMatches<T>(golden, logits.Length, labels.Length, torch);

        // Ours differs from PyTorch's only where class weights meet smoothing.
        if (weights is not null && smoothing > 0)
            return;
        AssertMatches<T>(golden, logits.Length, labels.Length, (reduction, gradient, losses) => LossFunctions.SoftmaxCrossEntropy<T>(
            logits, labels, smoothing, weights, reduction: reduction, ignoredLabel: ignored, gradient: gradient, losses: losses));

        if (smoothing > 0)
            return;
        var logProbabilities = LogSoftmax(logits, logits.Length / labels.Length);
        foreach ((var reduction, var name) in new[] { (Reduction.Mean, "nll_mean"), (Reduction.Sum, "nll_sum") })
        {
            if (golden[name] is not { } expected)
                continue;
            var nll = LossFunctions.NegativeLogLikelihood<T>(
                logProbabilities, labels, weights, reduction: reduction, ignoredLabel: ignored);
            Tolerances.AssertClose(expected.Number(), nll, Tolerance<T>(), name);
        }
    }

    private static void CrossEntropyOfSoftLabels<T>(int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Case("cross_entropy_prob", index);
        T[] logits = Logits<T>(golden), target = Cast<T>(golden["target"].Flat());
        var weights = golden["weight"].FlatOrNull();
        var smoothing = golden["label_smoothing"].Number();
        int rows = golden["target"]!.AsArray().Count, classes = logits.Length / rows;

        AssertMatches<T>(golden, logits.Length, rows, (reduction, gradient, losses) => LossFunctions.TorchCrossEntropy(
            logits, Target.Of<T>(target), classes, smoothing, weights, reduction: reduction, gradient: gradient, losses: losses));
        if (weights is null)
        {
            AssertMatches<T>(golden, logits.Length, rows, (reduction, gradient, losses) => LossFunctions.SoftmaxCrossEntropy(
                logits, Target.Of<T>(target), classes, smoothing, reduction: reduction, gradient: gradient, losses: losses));
        }
    }

    private static void BinaryCrossEntropyOfLogits<T>(int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Case("bce_logits", index);
        T[] logits = Cast<T>(golden["logits"].Flat()), target = Cast<T>(golden["target"].Flat());
        double[]? weights = golden["weight"].FlatOrNull(), positive = golden["pos_weight"].FlatOrNull();
        AssertCellsMatch<T>(golden, logits.Length, weights, (reduction, gradient, losses) => LossFunctions.SigmoidCrossEntropy(
            logits, Target.Of<T>(target), 0, positive, weights, reduction, gradient, losses));
    }

    private static void BinaryCrossEntropyOfProbabilities<T>(int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Case("bce_prob", index);
        T[] probabilities = Cast<T>(golden["prob"].Flat()), target = Cast<T>(golden["target"].Flat());
        var weights = golden["weight"].FlatOrNull();
        AssertCellsMatch<T>(golden, probabilities.Length, weights, (reduction, gradient, losses) => LossFunctions.BinaryCrossEntropy(
            probabilities, Target.Of<T>(target), -100, weights, reduction, gradient, losses));
    }

    // PyTorch's mean is over N x K elements, ours over the N rows.
    private static void SquaredErrorOfProbabilities<T>(int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Case("mse_softmax", index);
        T[] logits = Logits<T>(golden), gradient = new T[logits.Length];
        int[] labels = [.. golden["target"].Flat().Select(y => (int)y)];
        var classes = logits.Length / labels.Length;

        var mean = LossFunctions.SoftmaxBrier<T>(logits, labels, gradient: gradient);
        Tolerances.AssertClose(golden["mean"].Number(), mean / classes, Tolerance<T>(), "mean");
        Tolerances.AssertClose(
            golden["grad_mean"].Flat(), Widen(gradient).Select(g => g / classes), Tolerance<T>(), "grad_mean");

        var sum = LossFunctions.SoftmaxBrier<T>(logits, labels, reduction: Reduction.Sum, gradient: gradient);
        Tolerances.AssertClose(golden["sum"].Number(), sum, Tolerance<T>(), "sum");
        Tolerances.AssertClose(golden["grad_sum"].Flat(), Widen(gradient), Tolerance<T>(), "grad_sum");
    }

    // PyTorch's mean divides by the number of cells, ours by their weights.
    private static void AssertCellsMatch<T>(JsonNode golden, int cells, double[]? weights, Call<T> call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weightSum = weights is null ? cells : weights.Sum() * (cells / weights.Length);
        AssertMatches<T>(golden, cells, cells, call, meanScale: cells / weightSum);
    }

    private static void AssertMatches<T>(JsonNode golden, int numbers, int rows, Call<T> call, double meanScale = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tolerance = Tolerance<T>();
        T[] gradient = new T[numbers], losses = new T[rows];
        var none = call(Reduction.None, gradient, losses);
        Tolerances.AssertClose(golden["none"].Flat(), Widen(losses), tolerance, "none");
        Tolerances.AssertClose(golden["sum"].Number(), none, tolerance, "sum of none");

        var sum = call(Reduction.Sum, gradient, losses);
        Tolerances.AssertClose(golden["sum"].Number(), sum, tolerance, "sum");
        if (golden["grad_sum"] is { } gradientOfSum)
            Tolerances.AssertClose(gradientOfSum.Flat(), Widen(gradient), tolerance, "grad_sum");

        var mean = call(Reduction.Mean, gradient, losses);
        Tolerances.AssertClose(golden["mean"].Number() * meanScale, mean, tolerance, "mean");
        var gradientOfMean = golden["grad_mean"].Flat().Select(g => g * meanScale);
        Tolerances.AssertClose(gradientOfMean, Widen(gradient), tolerance, "grad_mean");
        Assert.Equal(mean, call(Reduction.Mean, [], []));
    }

    private static TheoryData<int> Cases(string name) => [.. Enumerable.Range(0, Torch[name]!.AsArray().Count)];

    private static JsonNode Case(string name, int index) => Torch[name]![index]!;

    private static T[] Logits<T>(JsonNode golden)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cast<T>(Torch["logits"]![golden["input"]!.GetValue<string>()].Flat());

    private static T[] LogSoftmax<T>(T[] logits, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] logProbabilities = new T[logits.Length];
        for (var i = 0; i < logits.Length; i += classes)
            StableMath.LogSoftmax<T>(logits.AsSpan(i, classes), logProbabilities.AsSpan(i, classes));
        return logProbabilities;
    }

    private static double Tolerance<T>() => typeof(T) == typeof(float) ? Tolerances.Float : Tolerances.Double;

    private static T[] Cast<T>(double[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(T.CreateTruncating)];

    private static IEnumerable<double> Widen<T>(T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => values.Select(double.CreateTruncating);
}
