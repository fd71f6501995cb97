using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>
/// Rows for a public trainer, and what must come of them: finite weights whose objective, summed in double, is no worse than that of the
/// class priors, or one error that names what is wrong.
/// </summary>
internal sealed record TrainerCase
{
    /// <summary>The features of each row.</summary>
    public required float[][] X { get; init; }

    /// <summary>The class of each row.</summary>
    public required int[] Y { get; init; }

    /// <summary>The number of classes; 2 is the sigmoid's.</summary>
    public required int Classes { get; init; }

    /// <summary>The example weights; null for none.</summary>
    public double[]? Weights { get; init; }

    /// <summary>Counts of the classes, instead of <see cref="Y"/>; softmax only.</summary>
    public float[][]? Counts { get; init; }

    /// <summary>Shares of yes to as many questions as there are classes, NaN for no answer, instead of <see cref="Y"/>.</summary>
    public float[][]? Answers { get; init; }

    /// <summary>The weights of the classes, which the options ask for; null for none.</summary>
    public double[]? ClassWeights { get; init; }

    public bool IsSparse { get; init; }

    public bool IsBinary { get; init; }

    /// <summary>The first rows again, as validation data; 0 for none.</summary>
    public int ValidationRows { get; init; }

    public Action<CrossEntropyTrainerOptions> Configure { get; init; } = _ => { };

    /// <summary>Fits and checks.</summary>
    /// <returns>The error; null where there is a model.</returns>
    public string? Run()
    {
        var ml = new MLContext(seed: 1);
        ITransformer fitted;
        var options = Options();
        try
        {
            fitted = Fit(ml, options);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            Assert.DoesNotContain("NaN", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("non-finite", error.Message, StringComparison.Ordinal);
            Assert.Null(error.InnerException);
            return error.Message;
        }

        var parameters = EveryTrainer.Parameters(fitted);
        Assert.All(parameters, parameter => Assert.True(float.IsFinite(parameter)));
        var report = EveryTrainer.Report(fitted);
        var certificate = report.Certificate;
        Assert.True(double.IsFinite(certificate.Objective), $"{certificate}");
        // Validation rows decide which epoch is returned, and who says how far to go gets there.
        if (ValidationRows > 0 || options.ValidationFraction > 0 || options.LearningRate is not null)
            return null;
        var (end, priors) = (Objective(parameters, options, report), Objective(Priors(), options, report));
        Assert.True(
            end.Value <= priors.Value + 1e-4 * (1 + Math.Abs(priors.Value)) + end.Rounding,
            FormattableString.Invariant($"ended at {end}, the class priors have {priors.Value}, the certificate says {certificate}"));
        return null;
    }

    private ITransformer Fit(MLContext ml, CrossEntropyTrainerOptions options)
    {
        var (rows, held) = (View(X.Length), View(ValidationRows));
        return options switch
        {
            SigmoidCrossEntropyTrainer.Options sigmoid when ml.BinaryClassification.Trainers.SigmoidCrossEntropy(sigmoid) is var trainer =>
                ValidationRows > 0 ? trainer.Fit(rows, held) : trainer.Fit(rows),
            SoftmaxCrossEntropyTrainer.Options softmax
                when ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(softmax) is var trainer =>
                ValidationRows > 0 ? trainer.Fit(rows, held) : trainer.Fit(rows),
            MultiLabelSigmoidCrossEntropyTrainer.Options answers
                when ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(answers) is var trainer =>
                ValidationRows > 0 ? trainer.Fit(rows, held) : trainer.Fit(rows),
            _ => throw new NotSupportedException(),
        };
    }

    private CrossEntropyTrainerOptions Options()
    {
        var classWeights = ClassWeights is null ? null : CrossEntropy.ClassWeights.ByName(
            ClassWeights.Select((weight, k) => (weight, k)).ToDictionary(
                pair => IsBinary ? pair.k == 1 ? "True" : "False" : $"class{pair.k}", pair => pair.weight));
        CrossEntropyTrainerOptions options = Answers is not null ? new MultiLabelSigmoidCrossEntropyTrainer.Options() : IsBinary
            ? new SigmoidCrossEntropyTrainer.Options { ClassWeights = classWeights }
            : new SoftmaxCrossEntropyTrainer.Options
            {
                ClassWeights = classWeights,
                LabelKind = Counts is null ? LabelKind.Auto : LabelKind.WeightedCounts,
            };
        (options.Seed, options.ExampleWeightColumnName) = (1, Weights is null ? null : "Weight");
        Configure(options);
        return options;
    }

    private InMemoryView View(int rows)
    {
        var features = X[0].Length;
        var builder = new InMemoryView.Builder().Add(
            "Features", new VectorDataViewType(NumberDataViewType.Single, features), X.Take(rows).Select(Vector),
            InMemoryView.Names("SlotNames", [.. Enumerable.Range(0, features).Select(j => $"column{j}")]));
        string[] names = [.. Enumerable.Range(0, Classes).Select(k => $"class{k}")];
        if ((Answers ?? Counts) is { } targets)
        {
            builder.Add("Label", new VectorDataViewType(NumberDataViewType.Single, Classes),
                targets.Take(rows).Select(counts => new VBuffer<float>(Classes, counts)), InMemoryView.Names("SlotNames", names));
        }
        else if (IsBinary)
        {
            builder.Add("Label", BooleanDataViewType.Instance, Y.Take(rows).Select(y => y == 1));
        }
        else
        {
            builder.AddKeys("Label", Y.Take(rows).Select(y => (uint)y + 1), Classes, names);
        }

        return (Weights is null ? builder : builder.Add("Weight", NumberDataViewType.Double, Weights.Take(rows))).Build();
    }

    private VBuffer<float> Vector(float[] row)
    {
        int[] stored = [.. Enumerable.Range(0, row.Length).Where(j => row[j] != 0)];
        return IsSparse ? new(row.Length, stored.Length, [.. stored.Select(j => row[j])], stored) : new(row.Length, row);
    }

    /// <summary>A yes and a no of each question are two classes.</summary>
    private float[] PriorsOfAnswers()
    {
        var biases = Enumerable.Range(0, Classes).Select(k =>
        {
            var (yes, all) = (0.0, 0.0);
            for (var i = 0; i < X.Length; i++)
            {
                var (answer, weight) = (Answers![i][k], Weights?[i] ?? 1);
                (yes, all) = float.IsNaN(answer) ? (yes, all) : (yes + weight * answer, all + weight);
            }

            return all == 0 ? 0 : Math.Clamp(Math.Log(yes / (all - yes)), -80, 80);
        });
        return [.. new float[Classes * X[0].Length], .. biases.Select(bias => (float)bias)];
    }

    /// <summary>What a row is, as shares of the classes, and what it weighs, without the weights of classes.</summary>
    private (double[] Shares, double Weight) Row(int i)
    {
        double[] counts = Counts is null ? [.. Enumerable.Range(0, Classes).Select(k => k == Y[i] ? 1.0 : 0)]
            : [.. Counts[i].Select(count => (double)count)];
        var sum = counts.Sum();
        var weight = (Weights?[i] ?? 1) * (Counts is null ? 1 : sum);
        double[] shares = [.. counts.Select(count => count / sum)];
        return (shares, weight);
    }

    /// <summary>The weight of a class beside that of the heaviest: there are such whose sums overflow.</summary>
    private double OfClass(int k) => ClassWeights is null ? 1 : ClassWeights[k] / ClassWeights.Max();

    /// <summary>No weights, and biases whose predictions are the classes' shares: the best model that looks at no feature.</summary>
    private float[] Priors()
    {
        if (Answers is not null)
            return PriorsOfAnswers();
        var shares = new double[Classes];
        foreach (var row in Enumerable.Range(0, X.Length).Select(Row))
        {
            for (var k = 0; k < Classes; k++)
                shares[k] += row.Shares[k] * row.Weight * OfClass(k);
        }

        var sum = shares.Sum();
        double Logarithm(double share) => Math.Max(-80, Math.Log(share / sum));
        float[] biases = IsBinary
            ? [(float)(Logarithm(shares[1]) - Logarithm(shares[0]))]
            : [.. shares.Select(share => (float)Logarithm(share))];
        return [.. new float[biases.Length * X[0].Length], .. biases];
    }

    /// <summary>
    /// The objective row by row in double, without a penalty of scaled features' weights (0 at the class priors), and how far logits
    /// that are sums of floats may move it.
    /// </summary>
    private (double Value, double Rounding) Objective(float[] parameters, CrossEntropyTrainerOptions options, TrainingReport report)
    {
        int outputs = IsBinary ? 1 : Classes, features = X[0].Length;
        LogitLoss loss = (IsBinary || Answers is not null, options.MinimizeBrier) switch
        {
            (true, true) => new SigmoidBrierLoss(),
            (true, _) => new SigmoidCrossEntropyLoss(options.LabelSmoothing),
            (_, true) => new SoftmaxBrierLoss(),
            _ => new SoftmaxCrossEntropyLoss(options.LabelSmoothing),
        };
        if (ClassWeights is not null)
            loss = loss.WithClassWeights([.. Enumerable.Range(0, Classes).Select(OfClass)]);
        double sum = 0, total = 0, rounding = 0;
        var logits = new double[outputs];
        for (var i = 0; i < X.Length; i++)
        {
            var (shares, weight) = Row(i);
            if (weight == 0 || Answers?[i].All(float.IsNaN) == true)
                continue;
            for (var k = 0; k < outputs; k++)
            {
                double bias = parameters[outputs * features + k];
                double[] terms = [.. X[i].Select((x, j) => (double)x * parameters[k * features + j])];
                logits[k] = bias + terms.Sum();
                rounding = Math.Max(rounding, (Math.Abs(bias) + terms.Sum(Math.Abs)) * Math.ScaleB(1, -21));
            }

            var target = Answers is not null ? RowTarget.Values(Answers[i])
                : Counts is null ? RowTarget.Class(Y[i])
                : RowTarget.Values([.. shares.Select(share => (float)share)]);
            sum += weight * loss.LossAndGradient(logits, target, new double[outputs]);
            total += weight * loss.TargetWeight(target);
        }

        var isOfScaled = report.PenaltyPath?.Any(trial => trial is { IsChosen: true, IsOfScaledFeatures: true }) == true;
        var l2 = isOfScaled ? 0 : report.L2Regularization;
        var penalised = parameters.Take(outputs * features).Select(weight => (double)weight);
        return (sum / total + l2 / 2 * penalised.Sum(w => w * w) + report.L1Regularization * penalised.Sum(Math.Abs), rounding);
    }
}
