using System.CommandLine;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>What the program tells the shell, as promised in the README.</summary>
internal enum ExitCode { Done = 0, SomePicturesRefused = 1, Refused = 2, RequirementNotMet = 3, Interrupted = 130 }

/// <summary>Something the user can put right; the message alone is shown.</summary>
internal sealed class UserException(string message) : Exception(message);

/// <summary>Which pictures, and what to write.</summary>
internal sealed record JobOptions(string? Images, int Pictures, int Seed, bool SoftLabels, string? Save, string? Report, double? LogLoss)
{
    /// <summary>Refuses before the work what would fail after it.</summary>
    public void Check()
    {
        if (Pictures < 20)
            throw new UserException(Invariant($"--pictures is {Pictures}; at least 20 are needed"));
        if (Images is not null && !Directory.Exists(Images))
            throw new UserException($"--images {Images}: there is no such folder");
        foreach ((var option, var path) in ((string, string?)[])[("--save", Save), ("--report", Report)])
        {
            if (Directory.Exists(path))
                throw new UserException($"{option} {path}: this is a folder; a file is wanted");
            if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is var folder && !Directory.Exists(folder))
                throw new UserException($"{option} {path}: there is no folder '{folder}'");
        }
        if (Save is not null && Report is not null && Path.GetFullPath(Save) == Path.GetFullPath(Report))
            throw new UserException($"--save and --report name the same file, {Save}");
    }
}

/// <summary>What may be written after the program's name.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Images = Option<string?>("--images", "DIR",
        "Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}, or in DIR/{cat,dog}, instead of drawn pictures.");
    private static readonly Option<int> Pictures = Option("--pictures", "N",
        "How many pictures to draw; for training, half as many more are drawn for testing.", 3000);
    private static readonly Option<int> Seed = Option("--seed", "N", "Which pictures to draw, and how DIR/{cat,dog} is split.", 2026);
    private static readonly Option<bool> SoftLabels = Option<bool>("--soft-labels", "",
        "Also train on known probabilities or people's votes (test/human-votes.csv), against plain labels.");
    private static readonly Option<string?> Save =
        Option<string?>("--save", "model.zip", "Save SoftmaxCrossEntropy's model, an ordinary ML.NET model.");
    private static readonly Option<string?> Report =
        Option<string?>("--report", "report.html", "Write a report with charts and pictures, one HTML file.");
    private static readonly Option<double?> LogLoss =
        Option<double?>("--require-log-loss", "NATS", "Exit with 3 unless the log-loss is below NATS.");
    private static readonly Option<bool> Json = Option<bool>("--json", "", "One JSON document on the standard output.");
    private static readonly Argument<string> Model = new("model.zip") { Description = "A model saved with --save." };
    private static readonly Argument<string[]> Files =
        new("picture") { Description = "JPEG, PNG or WebP files.", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string> Folder = new("DIR") { Description = "A new or empty folder." };

    /// <summary>Does what the arguments ask for; <paramref name="main"/> is what happens without a command.</summary>
    public static int Run(string[] args, Func<JobOptions, Output, CancellationToken, ExitCode> main)
    {
        var root = new RootCommand("""
            Tells dogs from cats: trains linear models by cross-entropy and evaluates their probabilities.

            Exit codes: 0 done; 1 done, but some pictures were refused; 2 nothing done, the reason is told;
            3 a requirement is not met; 130 interrupted.
            """)
        {
            Images, Pictures, Seed, SoftLabels, Save, Report, Json,
            Handle(new Command("predict", "Ask a saved model about pictures.") { Model, Files },
                (line, output, stop) => Commands.Predict(line.GetRequiredValue(Model), line.GetRequiredValue(Files), output, stop)),
            Handle(new Command("evaluate", "Evaluate a saved model on pictures whose labels are known.")
                { Model, Images, Pictures, Seed, Report, LogLoss },
                (line, output, stop) => Commands.Evaluate(line.GetRequiredValue(Model), Options(line), output, stop)),
            Handle(new Command("draw", "Write drawn pictures to a folder, as --images reads them.") { Folder, Pictures, Seed },
                (line, output, stop) => Commands.Draw(line.GetRequiredValue(Folder), Options(line), output, stop)),
        };
        Json.Recursive = true;
        Handle(root, (line, output, stop) => main(Options(line), output, stop));
        var parsed = root.Parse(args);
        var exit = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? (int)ExitCode.Refused : exit;
    }

    private static Option<T> Option<T>(string name, string value, string description, T byDefault = default!) =>
        new(name) { HelpName = value == "" ? null : value, Description = description, DefaultValueFactory = _ => byDefault };

    private static JobOptions Options(ParseResult line) => new(
        line.GetValue(Images), line.GetValue(Pictures), line.GetValue(Seed), line.GetValue(SoftLabels), line.GetValue(Save),
        line.GetValue(Report), line.GetValue(LogLoss));

    /// <summary>Ctrl-C cancels the token; a fit that does not end within two seconds is cut off.</summary>
    private static Command Handle(Command command, Func<ParseResult, Output, CancellationToken, ExitCode> run)
    {
        command.SetAction((line, stop) => Task.Run(() =>
        {
            var output = new Output(line.GetValue(Json));
            var exit = ExitCode.Done;
            try
            {
                exit = run(line, output, stop);
            }
            catch (Exception exception) when (ExitOf(exception, stop) is { } known)
            {
                exit = known;
                Console.Error.WriteLine(known == ExitCode.Interrupted ? "Interrupted." : Output.Plain(exception.Message));
            }
            output.Close(exit);
            return (int)exit;
        }, CancellationToken.None));
        return command;
    }

    /// <summary>Null for faults of the program's own. Once interrupted, ML.NET wraps exceptions of any kind around ours.</summary>
    private static ExitCode? ExitOf(Exception exception, CancellationToken stop) => exception switch
    {
        _ when stop.IsCancellationRequested => ExitCode.Interrupted,
        RequirementNotMetException => ExitCode.RequirementNotMet,
        UserException or IOException or UnauthorizedAccessException => ExitCode.Refused,
        _ => null,
    };
}
