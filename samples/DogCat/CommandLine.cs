using System.CommandLine;
using DogCat.Commands;
using DogCat.Features;
using DogCat.Reporting;
using DogCat.Training;

namespace DogCat;

/// <summary>What may be written after the program's name.</summary>
public sealed class CommandLine
{
    private readonly Option<string?> _images = new("--images") { HelpName = "DIR", Description = "Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog} instead of drawn pictures." };
    private readonly Option<int> _pictures = new("--pictures") { HelpName = "N", Description = "How many pictures to draw for training; half as many more are drawn for testing.", DefaultValueFactory = _ => 3000 };
    private readonly Option<int> _seed = new("--seed") { HelpName = "N", Description = "Which series of pictures to draw, and which patches to learn from.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _cache = new("--cache") { HelpName = "DIR", Description = "Where the features of photographs are kept.", DefaultValueFactory = _ => FeatureFile.DefaultFolder };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Compute all features anew and keep none." };
    private readonly Option<string?> _save = new("--save") { HelpName = "model.zip", Description = "Save the first trainer's model, an ordinary ML.NET model." };
    private readonly Option<string?> _report = new("--report") { HelpName = "report.html", Description = "Write a report with pictures, one HTML file; without this, it is written beside a saved model." };
    private readonly Option<string?> _judged = new("--images") { HelpName = "DIR", Description = "Photographs in DIR/test/{cat,dog}, or in DIR/{cat,dog}, instead of drawn pictures; people's votes are taken from human-votes.csv beside them." };
    private readonly Option<string?> _page = new("--report") { HelpName = "report.html", Description = "Write a report with pictures, one HTML file." };
    private readonly Option<bool> _ablation = new("--ablation") { Description = "Also train with each family of features alone, and without it." };
    private readonly Option<bool> _softLabels = new("--soft-labels") { Description = "Also train on known probabilities or people's votes, against plain labels; compare does it by itself." };
    private readonly Option<string[]> _contenders = new("--contenders") { HelpName = "NAME", Description = $"Which trainers to compare: {string.Join(", ", Contenders.All.Select(c => c.Name))}; the first one is saved. Without this, all but {Contenders.ImageClassification}. One that lacks a package or a library here says so and is left out.", AllowMultipleArgumentsPerToken = true };
    private readonly Argument<string> _model = new("model.zip") { Description = "A model saved with --save." };
    private readonly Argument<string[]> _files = new("picture") { Description = "PNG or JPEG files.", Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string> _folder = new("DIR") { Description = "A new or empty folder." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Results alone.", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON document on the standard output.", Recursive = true };

    private readonly Func<TrainOptions, Report, CancellationToken, ExitCode> _train;

    private CommandLine(Func<TrainOptions, Report, CancellationToken, ExitCode> train) => _train = train;

    /// <summary>Does what the arguments ask for and returns the exit code, see <see cref="ExitCode"/>; <paramref name="train"/> is the program's story.</summary>
    public static int Run(string[] args, Func<TrainOptions, Report, CancellationToken, ExitCode> train)
    {
        var parsed = new CommandLine(train).Create().Parse(args);
        var exit = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? (int)ExitCode.Refused : exit;
    }

    private RootCommand Create()
    {
        var root = new RootCommand($"Tells dogs from cats: trains linear models by cross-entropy and judges their probabilities.\n\n{Examples}") { _images, _pictures, _seed, _cache, _noCache, _save, _report, _ablation, _softLabels, _quiet, _json };
        var train = new Command("train", "Train SoftmaxCrossEntropy (what happens without a command).") { _images, _pictures, _seed, _cache, _noCache, _save, _report, _ablation, _softLabels };
        var compare = new Command("compare", "Train SoftmaxCrossEntropy, SigmoidCrossEntropy and ML.NET's own on the same rows.") { _images, _pictures, _seed, _cache, _noCache, _save, _report, _contenders };
        var evaluate = new Command("evaluate", "Judge a saved model by pictures whose labels are known.") { _model, _judged, _pictures, _seed, _page };
        var predict = new Command("predict", "Ask a saved model about pictures.") { _model, _files };
        var draw = new Command("draw", "Write drawn pictures to a folder, as --images reads them.") { _folder, _pictures, _seed };
        Handle(root, (line, report, stop) => _train(Train(line, Contenders.All.Take(1)), report, stop));
        Handle(train, (line, report, stop) => _train(Train(line, Contenders.All.Take(1)), report, stop));
        Handle(compare, (line, report, stop) => _train(Train(line, Compared(line)) with { SoftLabels = true, LossCurves = true }, report, stop));
        Handle(evaluate, (line, report, stop) => EvaluateCommand.Run(line.GetRequiredValue(_model), Data(line) with { Images = line.GetValue(_judged) }, line.GetValue(_page), report, stop));
        Handle(predict, (line, report, stop) => PredictCommand.Run(line.GetRequiredValue(_model), line.GetRequiredValue(_files), report, stop));
        Handle(draw, (line, report, stop) => DrawCommand.Run(line.GetRequiredValue(_folder), Data(line), report, stop));
        foreach (var command in (Command[])[train, compare, evaluate, predict, draw])
            root.Subcommands.Add(command);
        return root;
    }

    private static string Examples => """
        Examples:
          DogCat                                           draw pictures, train, show
          DogCat compare                                   beside ML.NET's own trainers
          DogCat --images photos --save model.zip          train on photographs, keep the model
          DogCat compare --report report.html              a page with charts and pictures, for a browser
          DogCat train --images photos --ablation          what each family of features brings
          DogCat evaluate model.zip --images photos        judge it by photos/test
          DogCat predict model.zip rex.png tom.jpg --json  ask it, from a script
          DogCat draw drawn --pictures 200                 look at what is drawn

        Exit codes: 0 done; 1 done, but some pictures were refused; 2 nothing done, the reason is told;
        130 interrupted, with the best model so far.
        """;

    private void Handle(Command command, Func<ParseResult, Report, CancellationToken, ExitCode> run) => command.SetAction(line =>
    {
        var report = new Report(line.GetValue(_json) ? Verbosity.Json : line.GetValue(_quiet) ? Verbosity.Quiet : Verbosity.Normal);
        using var interruption = new Interruption();
        var exit = Guarded(() => run(line, report, interruption.Token));
        report.Close(exit);
        return (int)exit;
    });

    private static ExitCode Guarded(Func<ExitCode> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted before there was a model.");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (exception is UserException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode.Refused;
        }
    }

    private TrainOptions Train(ParseResult line, IEnumerable<Contender> contenders) =>
        new(Data(line), [.. contenders], line.GetValue(_ablation), line.GetValue(_softLabels), line.GetValue(_save), line.GetValue(_report));

    private IReadOnlyList<Contender> Compared(ParseResult line) => line.GetResult(_contenders) is null ? Contenders.Usual : Contenders.Named(line.GetValue(_contenders)!);

    private DataOptions Data(ParseResult line) =>
        new(line.GetValue(_images), line.GetValue(_pictures), line.GetValue(_seed), line.GetValue(_noCache) ? null : line.GetValue(_cache));
}
