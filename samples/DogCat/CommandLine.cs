using System.CommandLine;
using MLNet.CrossEntropy;
using static System.FormattableString;

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
        CheckFile("--save", Save);
        CheckFile("--report", Report);
        if (Save is not null && Report is not null && Path.GetFullPath(Save) == Path.GetFullPath(Report))
            throw new UserException($"--save and --report name the same file, {Save}");
    }

    private static void CheckFile(string option, string? path)
    {
        if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is var folder
            && (Directory.Exists(path) || !Directory.Exists(folder)))
            throw new UserException(
                $"{option} {path}: {(Directory.Exists(path) ? "this is a folder; a file is wanted" : $"there is no folder '{folder}'")}");
    }
}

/// <summary>What may be written after the program's name.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Images = new("--images")
    {
        HelpName = "DIR",
        Description = "Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}, or in DIR/{cat,dog}, instead of drawn pictures."
    };
    private static readonly Option<int> Pictures = new("--pictures")
    {
        HelpName = "N",
        Description = "How many pictures to draw; for training, half as many more are drawn for testing.",
        DefaultValueFactory = _ => 3000
    };
    private static readonly Option<int> Seed = new("--seed")
    { HelpName = "N", Description = "Which pictures to draw, and how DIR/{cat,dog} is split.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> SoftLabels = new("--soft-labels")
    { Description = "Also train on known probabilities or people's votes (test/human-votes.csv), against plain labels." };
    private static readonly Option<string?> Save = new("--save")
    { HelpName = "model.zip", Description = "Save SoftmaxCrossEntropy's model, an ordinary ML.NET model." };
    private static readonly Option<string?> Report = new("--report")
    { HelpName = "report.html", Description = "Write a report with charts and pictures, one HTML file." };
    private static readonly Option<double?> LogLoss = new("--require-log-loss")
    { HelpName = "NATS", Description = "Exit with 3 unless the log-loss is below NATS." };
    private static readonly Option<bool> Json =
        new("--json") { Description = "One JSON document on the standard output.", Recursive = true };
    private static readonly Argument<string> Model = new("model.zip") { Description = "A model saved with --save." };
    private static readonly Argument<string[]> Files =
        new("picture") { Description = "JPEG, PNG or WebP files.", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string> Folder = new("DIR") { Description = "A new or empty folder." };

    /// <summary>
    /// Does what the arguments ask for and returns the exit code; <paramref name="main"/> is what happens without a command.
    /// </summary>
    public static int Run(string[] args, Func<JobOptions, Output, CancellationToken, ExitCode> main)
    {
        var root = new RootCommand("""
            Tells dogs from cats: trains linear models by cross-entropy and judges their probabilities.

            Exit codes: 0 done; 1 done, but some pictures were refused; 2 nothing done, the reason is told; 3 a requirement is not met; 130 interrupted.
            """)
        { Images, Pictures, Seed, SoftLabels, Save, Report, Json };
        var predict = new Command("predict", "Ask a saved model about pictures.") { Model, Files };
        var evaluate =
            new Command("evaluate", "Judge a saved model by pictures whose labels are known.") { Model, Images, Pictures, Seed, Report, LogLoss };
        var draw = new Command("draw", "Write drawn pictures to a folder, as --images reads them.") { Folder, Pictures, Seed };
        Handle(root, (line, output, stop) => main(Options(line), output, stop));
        Handle(predict, (line, output, stop) => Commands.Predict(line.GetRequiredValue(Model), line.GetRequiredValue(Files), output, stop));
        Handle(evaluate, (line, output, stop) => Commands.Evaluate(line.GetRequiredValue(Model), Options(line), output, stop));
        Handle(draw, (line, output, stop) => Commands.Draw(line.GetRequiredValue(Folder), Options(line), output, stop));
        foreach (var command in (Command[])[predict, evaluate, draw])
            root.Subcommands.Add(command);
        var parsed = root.Parse(args);
        var exit = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? (int)ExitCode.Refused : exit;
    }

    private static JobOptions Options(ParseResult line) => new(
        line.GetValue(Images), line.GetValue(Pictures), line.GetValue(Seed), line.GetValue(SoftLabels), line.GetValue(Save),
            line.GetValue(Report), line.GetValue(LogLoss));

    /// <summary>Ctrl-C cancels the token; a fit that does not end within two seconds is cut off.</summary>
    private static void Handle(Command command, Func<ParseResult, Output, CancellationToken, ExitCode> run) =>
        command.SetAction((line, stop) => Task.Run(() =>
    {
        var output = new Output(line.GetValue(Json));
        ExitCode exit;
        try
        {
            exit = run(line, output, stop);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // However many of ML.NET's exceptions are wrapped around ours.
            exit = ExitCode.Interrupted;
            Console.Error.WriteLine("Interrupted.");
        }
        catch (RequirementNotMetException exception)
        {
            exit = ExitCode.RequirementNotMet;
            Console.Error.WriteLine(exception.Message);
        }
        catch (Exception exception) when (exception is UserException or IOException or UnauthorizedAccessException)
        {
            exit = ExitCode.Refused;
            Console.Error.WriteLine(exception.Message);
        }
        output.Close(exit);
        return (int)exit;
    }, CancellationToken.None));
}
