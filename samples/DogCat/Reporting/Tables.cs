using System.Globalization;
using DogCat.Data;
using DogCat.Drawing;
using DogCat.Training;
using Spectre.Console;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>The program's tables.</summary>
internal static class Tables
{
    /// <summary>Prints a table at its own width: a pipe has none, and a line broken in the middle is of no use to anyone.</summary>
    public static void Write(Table table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
    }

    /// <summary>One row a trainer, then what no picture and what full knowledge would give.</summary>
    public static Table Results(IReadOnlyList<Result> results, PictureData data)
    {
        var table = Make("trainer", "fit\ns", "train\nnats", "train\nbits", "test\nnats", "test\nbits", "test\nright");
        foreach (var result in results)
            AddRow(table, result.Name, result.FitTime, result.Train.LogLoss, result.Test.LogLoss, result.Test.Accuracy);
        AddRow(table, "class prior", null, Prior.LogLoss(data.Train, data.Train), Prior.LogLoss(data.Train, data.Test), Prior.Accuracy(data));
        if (data.Train.ProbabilityOfDog is { } train && data.Test.ProbabilityOfDog is { } test)
            AddRow(table, "known lower bound", null, train.Average(DrawnPictures.BinaryEntropy), test.Average(DrawnPictures.BinaryEntropy), test.Average(p => Math.Max(p, 1 - p)));
        return table;
    }

    /// <summary>One row a trainer: how far it is from people's own uncertainty.</summary>
    public static Table Uncertainty(IReadOnlyList<Uncertainty> models)
    {
        var table = Make("trainer (nats)", "H(p)", "KL(p || q)", "sum", "H(q)");
        foreach (var model in models)
            table.AddRow(Markup.Escape(model.Model), Number(model.LabelEntropy, "F4"), Number(model.Divergence, "F4"), Number(model.CrossEntropy, "F4"), Number(model.ModelEntropy, "F4"));
        return table;
    }

    /// <summary>"people: dog, 0.9800", or "coin: ..." of a drawn picture; empty where there is no soft label.</summary>
    public static string SoftLabel(LabelledPicture picture) => picture.SoftLabel is not { } p ? ""
        : Invariant($"{(picture.Votes is null ? "coin" : "people")}: {(p > 0.5 ? "dog" : "cat")}, {Math.Max(p, 1 - p):0.0000}");

    /// <summary>A picture on which a model and its soft label are at odds.</summary>
    public static string InWords(JudgedPicture judged) =>
        Invariant($"{judged.Name}, labelled {judged.Picture.Label}; {SoftLabel(judged.Picture)}; model: {judged.Answer}, {judged.Confidence:0.0000}; KL(p || q) = {judged.Divergence:F2}");

    /// <summary>One row a family of features: what it gives alone, and what is left without it.</summary>
    public static Table Ablation(IReadOnlyList<AblationRow> rows)
    {
        var table = Make("features", "count", "alone\nnats", "alone\nright", "without\nnats", "without\nright");
        foreach (var row in rows)
            table.AddRow(Markup.Escape(row.Family), Number(row.Alone.Features, "N0"), LogLoss(row.Alone), Accuracy(row.Alone), LogLoss(row.Without), Accuracy(row.Without));
        return table;

        static string LogLoss(FamilyScore score) => Invariant($"{score.LogLoss:F4} +- {score.LogLossError:F4}");
        static string Accuracy(FamilyScore score) => Invariant($"{score.Accuracy:P1} +- {score.AccuracyError:P1}");
    }

    private static Table Make(string first, params string[] others)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(first).NoWrap());
        foreach (var title in others)
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        return table;
    }

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
