using System.Globalization;
using DogCat.Data;
using DogCat.Drawing;
using DogCat.Features;
using DogCat.Training;
using Spectre.Console;
using static System.FormattableString;

namespace DogCat;

/// <summary>What the program prints.</summary>
public static class Report
{
    private const int SkippedShown = 5;

    public static void Host() => Console.WriteLine(DogCat.Host.Description);

    public static void Starting(Contender contender) => Console.WriteLine($"{contender.Name} ...");

    public static void Finished(Result result)
    {
        Console.WriteLine(Invariant($"  fitted in {result.FitTime.TotalSeconds:F1} s; log-loss {result.Train.LogLoss:F4} train, {result.Test.LogLoss:F4} +- {result.Test.LogLossStandardError:F4} test (nats)"));
        foreach (string warning in result.Test.Warnings)
            Console.WriteLine($"  {warning}");
    }

    public static void Saved(Result result, string path) => Console.WriteLine($"Saved {result.Name} to {path}");

    public static void Prediction(string path, Prediction prediction) => Console.WriteLine(
        $"{path}: {prediction.Answer} ({string.Join(", ", prediction.Classes.Zip(prediction.Probabilities, (name, p) => Invariant($"{name} {p:F3}")))})");

    public static void Reading(TrainOptions options) =>
        Console.WriteLine(options.Images is { } folder ? $"Reading the photographs in '{folder}' ..." : Invariant($"Drawing {options.Pictures * 3 / 2:N0} pictures, seed {options.Seed} ..."));

    public static void Data(PictureData data, TimeSpan time)
    {
        Console.WriteLine(Invariant($"  done in {time.TotalSeconds:F1} s"));
        Console.WriteLine(Invariant($"  train {data.Train.Examples.Length:N0}: {data.Train.Cats:N0} cats, {data.Train.Dogs:N0} dogs"));
        Console.WriteLine(Invariant($"  test  {data.Test.Examples.Length:N0}: {data.Test.Cats:N0} cats, {data.Test.Dogs:N0} dogs"));
        Console.WriteLine(Invariant($"  {PictureFeatures.Count:N0} features each: {PictureFeatures.Description}"));
        if (data.Skipped.Count == 0)
            return;
        Console.WriteLine(Invariant($"  skipped {data.Skipped.Count:N0}:"));
        foreach (SkippedFile file in data.Skipped.Take(SkippedShown))
            Console.WriteLine(Invariant($"    '{file.Path}': {file.Reason}"));
        if (data.Skipped.Count > SkippedShown)
            Console.WriteLine(Invariant($"    and {data.Skipped.Count - SkippedShown:N0} more"));
    }

    public static void Results(IEnumerable<Result> results, PictureData data)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("trainer").NoWrap());
        foreach (string title in (string[])["fit\ns", "train\nnats", "train\nbits", "test\nnats", "test\nbits", "test\nright"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (Result result in results)
            AddRow(table, result.Name, result.FitTime, result.Train.LogLoss, result.Test.LogLoss, result.Test.Accuracy);
        AddRow(table, "class prior", null, PriorLogLoss(data.Train, data.Train), PriorLogLoss(data.Train, data.Test), PriorAccuracy(data));
        if (data.Train.ProbabilityOfDog is { } train && data.Test.ProbabilityOfDog is { } test)
            AddRow(table, "known lower bound", null, train.Average(DrawnPictures.BinaryEntropy), test.Average(DrawnPictures.BinaryEntropy), test.Average(p => Math.Max(p, 1 - p)));
        AnsiConsole.Write(table);
    }

    /// <summary>The log-loss of answering the training pictures' share of dogs to every picture.</summary>
    public static double PriorLogLoss(PictureSet train, PictureSet pictures)
    {
        double dogs = (double)train.Dogs / train.Examples.Length;
        return -(pictures.Dogs * Math.Log(dogs) + pictures.Cats * Math.Log(1 - dogs)) / pictures.Examples.Length;
    }

    private static double PriorAccuracy(PictureData data) =>
        (double)(data.Train.Dogs > data.Train.Cats ? data.Test.Dogs : data.Test.Cats) / data.Test.Examples.Length;

    private static void AddRow(Table table, string name, TimeSpan? fit, double train, double test, double accuracy) => table.AddRow(
        Markup.Escape(name),
        fit is { } time ? Number(time.TotalSeconds, "F2") : "",
        Number(train, "F4"),
        Number(train / Math.Log(2), "F4"),
        Number(test, "F4"),
        Number(test / Math.Log(2), "F4"),
        Number(accuracy, "P1"));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
