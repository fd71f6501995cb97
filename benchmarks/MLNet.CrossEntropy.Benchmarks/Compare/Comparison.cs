using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Fits the same rows by ML.NET's own trainers and by ours, one after the other in one process. The time of a fit runs from an
/// IDataView over rows in memory to the fitted model; the cross-entropies (nats) are those of the returned model.
/// </summary>
internal static class Comparison
{
    private const int Repetitions = 5;

    // Fits of a few milliseconds are repeated until they have taken this long together.
    private const double ShortFits = 0.5;
    private const int MostRepetitions = 101;

    // A fit this long is not repeated: its time is no accident.
    private const double LongFit = 5;

    public static readonly string[] DataSets = ["a9a", "20newsgroups", "fashion-mnist"];

    /// <summary>The first line of every run: what it was measured on.</summary>
    public static string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"Microsoft.ML {NativeModels.Version}; .NET {Environment.Version}; {Environment.ProcessorCount} processors, {FmaPeak.Width}-bit " +
            $"vectors; median of at least {Repetitions} fits (long ones once)");

    public static void Print(TextWriter output, DataFolder data, string[] wanted)
    {
        output.WriteLine(Machine);
        foreach (var name in wanted.Length > 0 ? wanted : DataSets)
        {
            (var train, var test, var classes) = Read(data, name);
            var ml = new MLContext(seed: 1);
            IDataView trainView = View(ml, train, classes), testView = View(ml, test, classes);
            output.WriteLine();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                    $"{name}: {train.Count} + {test.Count} rows, {train[0].Features.Length} features, {classes} classes"));
            output.WriteLine();
            output.WriteLine("| trainer | fit s | train CE | objective | above the least | test CE | test accuracy | speed |");
            output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
            List<Fitted> fits = [];
            foreach (var contender in Contender.For(ml, name))
            {
                (var seconds, var model) = Time(contender.Fit, trainView);
                (var trainLoss, _) = Judge(ml, model.Transform(trainView), classes);
                (var testLoss, var accuracy) = Judge(ml, model.Transform(testView), classes);
                var objective = trainLoss + contender.L2 / 2 * SquaredNorm(ml, model);
                fits.Add(new(contender.Name, seconds, trainLoss, objective, testLoss, accuracy));
            }
            // No trainer is asked for the optimum: it is the least objective that any of them has found.
            var least = fits.Min(fit => fit.Objective);
            foreach (var fit in fits)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {fit.Name} | {fit.Seconds:F3} | {fit.TrainLoss:F4} | {fit.Objective:F4} | {fit.Objective / least - 1:P2} | " +
                        $"{fit.TestLoss:F4} | {fit.Accuracy:F4} | {fits[0].Seconds / fit.Seconds:F1}x |"));
            }
            output.Flush();
        }
    }

    private sealed record Fitted(string Name, double Seconds, double TrainLoss, double? Objective, double TestLoss, double Accuracy);

    private static double SquaredNorm(MLContext ml, ITransformer model) =>
        ml.Model.LinearCoefficients(model).Classes.Sum(c => c.Weights.Sum(weight => (double)weight * weight));

    private static (List<Example> Train, List<Example> Test, int Classes) Read(DataFolder data, string name)
    {
        if (name == "fashion-mnist")
        {
            (var train, var test) = FashionMnist.Read(data);
            return (Example.From(train), Example.From(test), train.Classes);
        }

        (var rows, var held) = name switch
        {
            "a9a" => Adult.Read(data),
            "20newsgroups" => Newsgroups.Read(data),
            _ => throw new ArgumentException($"There is no data set '{name}'; there are {string.Join(", ", DataSets)}."),
        };
        return (Example.From(rows), Example.From(held), rows.Classes);
    }

    public static IDataView View(MLContext ml, List<Example> rows, int classes)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    public static (double Seconds, ITransformer Model) Time(Func<IDataView, ITransformer> fit, IDataView view)
    {
        var seconds = new List<double>();
        ITransformer model;
        do
        {
            GC.Collect();
            var began = Stopwatch.GetTimestamp();
            model = fit(view);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        while (seconds[0] < LongFit && (seconds.Count < Repetitions || (seconds.Count < MostRepetitions && seconds.Sum() < ShortFits)));
        return (seconds.Order().ElementAt(seconds.Count / 2), model);
    }

    public static (double LogLoss, double Accuracy) Judge(MLContext ml, IDataView scored, int classes)
    {
        if (classes == 2)
        {
            var binary = ml.BinaryClassification.EvaluateCrossEntropy(scored, nameof(Example.IsPositive));
            return (binary.LogLoss, binary.Accuracy);
        }

        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored);
        return (metrics.LogLoss, metrics.Accuracy);
    }
}
