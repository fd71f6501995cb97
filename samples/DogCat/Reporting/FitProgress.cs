using System.Globalization;
using System.Numerics;
using DogCat.Training;
using MLNet.CrossEntropy;
using Spectre.Console;

namespace DogCat.Reporting;

/// <summary>Shows a fit's progress: a bar on a terminal, else epochs 1, 2, 4, 8, ... and the last, because the first ones change the most.</summary>
public static class FitProgress
{
    /// <summary>Runs a fit that tells its argument of each epoch, if it has any.</summary>
    public static Result Run(string name, TextWriter lines, IAnsiConsole? terminal, Func<IProgress<EpochReport>, Result> fit) =>
        terminal is null ? fit(new Lines(lines)) : terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn())
            .Start(context => fit(new Bar(context.AddTask(Markup.Escape(name)).IsIndeterminate())));

    private static string Describe(EpochReport report) => string.Create(
        CultureInfo.InvariantCulture, $"epoch {report.Epoch,3} of {report.MaximumEpochs}: training log-loss {report.TrainingLoss:F4} after {report.Elapsed.TotalSeconds:F1} s");

    private sealed class Lines(TextWriter lines) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            if (BitOperations.IsPow2(value.Epoch) || value.Epoch == value.MaximumEpochs)
                lines.WriteLine("  " + Describe(value));
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            task.IsIndeterminate(false).MaxValue(value.MaximumEpochs).Value(value.Epoch);
            task.Description = Describe(value);
        }
    }
}
