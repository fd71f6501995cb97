using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DogCat.Drawing;
using DogCat.Training;
using PictureFiles.Png;

namespace DogCat.Tests;

/// <summary>The program as its users run it, in a process of its own.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Draws_trains_reports_saves_and_predicts()
    {
        var model = _folder.At("model.zip");
        (var exit, var output, var errors) = await Run("compare", "--pictures", "600", "--save", model);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Equal(Host.Description, output[0]);
        var report = Path.ChangeExtension(model, ".html");
        Assert.Contains($"Wrote the report {report}; open it in a browser", output);
        var html = await File.ReadAllTextAsync(report);
        const string leftOut = " is left out: ";
        string[] missing = [.. output.Where(line => line.Contains(leftOut, StringComparison.Ordinal)).Select(line => line[..line.IndexOf(leftOut, StringComparison.Ordinal)].Trim())];
        Assert.Contains(Contenders.ImageClassification, missing);
        string[] trained = [.. Contenders.Usual.Select(c => c.Name).Except(missing)];
        Assert.Superset(new HashSet<string>(["SoftmaxCrossEntropy", "SigmoidCrossEntropy", "LbfgsMaximumEntropy", "LbfgsLogisticRegression"]), trained.ToHashSet());
        Assert.All([.. trained, "Comparison", "Most confident and wrong", "Most ambiguous", "Squared error instead of cross-entropy", "Training on soft labels"], heading => Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal));
        var prior = TestLogLoss(output, "class prior");
        var bound = TestLogLoss(output, "known lower bound");
        foreach (var name in trained)
            Assert.InRange(TestLogLoss(output, name), bound, prior - 0.2);

        // All three solve the same convex problem.
        foreach (var name in (string[])["SoftmaxCrossEntropy", "SigmoidCrossEntropy"])
            Assert.InRange(TestLogLoss(output, name), bound, 1.01 * TestLogLoss(output, "LbfgsMaximumEntropy"));

        const int each = 20;
        DrawnPicture[] pictures = [.. TemporaryFolder.ClearPictures(50, dogs: false, each), .. TemporaryFolder.ClearPictures(51, dogs: true, each)];
        string[] files = [.. pictures.Select((_, i) => _folder.At($"{i}.png"))];
        for (var i = 0; i < pictures.Length; i++)
            await File.WriteAllBytesAsync(files[i], PngEncoder.Encode(pictures[i].Picture));
        var damaged = _folder.At("damaged.png");
        await File.WriteAllBytesAsync(damaged, (await File.ReadAllBytesAsync(files[0]))[..100]);

        (exit, output, errors) = await Run(["predict", model, damaged, .. files]);
        Assert.Equal(1, exit);
        Assert.Equal($"'{damaged}': truncated PNG: the file ends too early", errors.Trim());
        Assert.Equal(files.Length, output.Length);
        Assert.All(output.Zip(files), pair => Assert.StartsWith(pair.Second + ": ", pair.First, StringComparison.Ordinal));
        var right = output.Where((line, i) => line.Contains(i < each ? ": cat (cat 0." : ": dog (", StringComparison.Ordinal)).Count();
        Assert.InRange(right, files.Length * 3 / 4, files.Length);
    }

    [Fact]
    public async Task Trains_on_a_folder_of_pictures_and_names_what_it_skips()
    {
        _folder.FillWithPictures(perClass: 40);
        var empty = _folder.At("train", "cat", "empty.png");
        await File.WriteAllBytesAsync(empty, []);
        (var exit, var output, var errors) = await Run("--images", _folder.FullName, "--no-cache");
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("  skipped 1:", output);
        Assert.Contains($"    '{empty}': the file is empty", output);
        Assert.DoesNotContain(output, line => line.Contains("lower bound", StringComparison.Ordinal));
        Assert.Equal(Math.Log(2), TestLogLoss(output, "class prior"), 0.00006);
    }

    [Fact]
    public async Task Draws_into_a_folder_trains_on_it_with_a_cache_and_evaluates_for_scripts()
    {
        var drawn = _folder.At("drawn");
        var cache = _folder.At("cache");
        var model = _folder.At("model.zip");
        Assert.Equal((0, ""), await Failure("draw", drawn, "--pictures", "60", "--quiet"));
        Assert.Equal((2, $"The folder '{drawn}' is not empty; drawn pictures go into an empty or a new one."), await Failure("draw", drawn));
        string[] train = ["train", "--images", drawn, "--cache", cache, "--save", model, "--ablation", "--json"];

        var first = await Json(0, train);
        Assert.Equal(60, first.GetProperty("train").GetProperty("pictures").GetInt32());
        Assert.Equal(_folder.At("drawn", "sheet.png"), Assert.Single(first.GetProperty("skipped").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal(0, first.GetProperty("cache").GetProperty("read").GetInt32());
        Assert.Equal(5, first.GetProperty("ablation").GetArrayLength());
        Assert.False(first.GetProperty("interrupted").GetBoolean());

        // What comes from the cache gives the same model.
        var second = await Json(0, train);
        Assert.Equal(90, second.GetProperty("cache").GetProperty("read").GetInt32());
        var loss = first.GetProperty("results")[0].GetProperty("testLogLoss").GetDouble();
        Assert.Equal(loss, second.GetProperty("results")[0].GetProperty("testLogLoss").GetDouble());

        // And so does the saved model, with the filters that are saved with it.
        var evaluated = await Json(0, "evaluate", model, "--images", drawn, "--json");
        Assert.Equal(loss, evaluated.GetProperty("metrics").GetProperty("logLoss").GetDouble(), 1e-6);
        var predicted = await Json(1, "predict", model, _folder.At("nobody.png"), Directory.GetFiles(_folder.At("drawn", "test", "cat"))[0], "--json");
        Assert.Equal(1, predicted.GetProperty("predictions").GetArrayLength());
        Assert.Equal(_folder.At("nobody.png"), predicted.GetProperty("refused")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Evaluates_by_peoples_votes_on_the_screen_for_scripts_and_as_a_page()
    {
        var drawn = _folder.At("drawn");
        var model = _folder.At("model.zip");
        var page = _folder.At("page.html");
        Assert.Equal((0, ""), await Failure("draw", drawn, "--pictures", "60", "--quiet"));
        Assert.Equal((0, ""), await Failure("--images", drawn, "--no-cache", "--save", model, "--quiet"));
        Assert.False((await Json(0, "evaluate", model, "--images", drawn, "--json")).TryGetProperty("uncertainty", out _));

        string[] pictures = [.. Directory.GetFiles(Path.Combine(drawn, "test"), "*.png", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(drawn, f)).Order(StringComparer.Ordinal)];
        await File.WriteAllLinesAsync(Path.Combine(drawn, "test", "human-votes.csv"), ["file,label,votes_cat,votes_dog,votes_other", .. pictures.Select((p, i) => $"{p},cat,{(i == 0 ? 0 : 30)},{(i == 0 ? 0 : 10)},2")]);
        var evaluated = await Json(0, "evaluate", model, "--images", drawn, "--json");
        var uncertainty = evaluated.GetProperty("uncertainty")[0];
        Assert.Equal((29, 1), (uncertainty.GetProperty("pictures").GetInt32(), uncertainty.GetProperty("withoutVote").GetInt32()));
        Assert.Equal(DrawnPictures.BinaryEntropy(0.25), uncertainty.GetProperty("labelEntropy").GetDouble(), 1e-12);
        Assert.Equal(
            uncertainty.GetProperty("crossEntropy").GetDouble(),
            DrawnPictures.BinaryEntropy(0.25) + uncertainty.GetProperty("divergence").GetDouble(), 1e-12);
        var disagreement = evaluated.GetProperty("disagreement");
        var furthest = disagreement.GetProperty("furthest")[0];
        var q = furthest.GetProperty("modelOfDog").GetDouble();
        Assert.Equal(29, disagreement.GetProperty("pictures").GetInt32());
        Assert.Equal(0.75 * Math.Log(0.75 / (1 - q)) + 0.25 * Math.Log(0.25 / q), furthest.GetProperty("divergence").GetDouble(), 1e-6);

        (var exit, var output, var errors) = await Run("evaluate", model, "--images", Path.Combine(drawn, "test"), "--report", page);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains(output, line => line.Contains("Soft labels p of 29 test pictures", StringComparison.Ordinal));
        Assert.Contains(output, line => line.Contains($"{Path.GetFileName(furthest.GetProperty("picture").GetString())}, labelled ", StringComparison.Ordinal));
        var html = await File.ReadAllTextAsync(page);
        Assert.All(["model.zip", "How sure can one be?", "Where people and the model disagree"], heading => Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_user_can_put_right_is_told_in_one_line()
    {
        var nowhere = _folder.At("no", "model.zip");
        Assert.Equal((2, $"--save {nowhere}: there is no folder '{_folder.At("no")}'"), await Failure("--save", nowhere));
        Assert.Equal((2, $"--report {_folder.FullName}: this is a folder; a file is wanted"), await Failure("--report", _folder.FullName));
        var both = _folder.At("both.html");
        Assert.Equal((2, $"--save {both}: the report would go into the same file; name another one with --report"), await Failure("--save", both));
        (var refused, var unknown) = await Failure("compare", "--contenders", "Nobody");
        Assert.Equal(2, refused);
        Assert.StartsWith("--contenders: there is no 'Nobody' here; there are SoftmaxCrossEntropy, ", unknown, StringComparison.Ordinal);
        Assert.Equal((2, "--pictures is 3; at least 20 are needed to train on"), await Failure("--pictures", "3"));
        Assert.Equal((2, $"There is no model file '{nowhere}'. Make one with: train --save {nowhere}"), await Failure("predict", nowhere, "a.png"));
        var text = _folder.At("text.zip");
        await File.WriteAllTextAsync(text, "no model");
        (var exit, var error) = await Failure("predict", text, "a.png");
        Assert.Equal(2, exit);
        Assert.StartsWith($"'{text}' is not a model that this ML.NET can load: ", error, StringComparison.Ordinal);
        (exit, error) = await Failure("--picturs", "3");
        Assert.Equal(2, exit);
        Assert.Contains("'--picturs'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contenders_that_are_left_out_are_named_and_the_others_go_on()
    {
        string[] missing = [.. Contenders.All.OfType<MissingContender>().Select(c => c.Name)];
        if (missing.Length == 0)
            return;
        Assert.Equal((2, "There is nobody to compare: all contenders are left out."), await Failure(["compare", "--pictures", "60", "--contenders", .. missing]));
        var run = await Json(0, ["compare", "--pictures", "60", "--json", "--contenders", missing[0], "SigmoidCrossEntropy"]);
        var leftOut = Assert.Single(run.GetProperty("leftOut").EnumerateArray());
        Assert.Equal(missing[0], leftOut.GetProperty("trainer").GetString());
        Assert.Equal("SigmoidCrossEntropy", Assert.Single(run.GetProperty("results").EnumerateArray()).GetProperty("trainer").GetString());
    }

    [Fact]
    public async Task Help_shows_examples_and_exit_codes()
    {
        (var exit, var output, var errors) = await Run("--help");
        Assert.Equal((0, ""), (exit, errors));
        foreach (var word in (string[])["Examples:", "Exit codes:", "compare", "evaluate", "predict", "draw", "--images", "--ablation", "--json"])
            Assert.Contains(output, line => line.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>SIGTERM stands for Ctrl-C, which a test runner in the background may be deaf to; both are handled alike.</summary>
    [Fact]
    public async Task Interrupted_it_keeps_the_best_model_so_far()
    {
        if (OperatingSystem.IsWindows())
            return;
        var model = _folder.At("model.zip");
        using var process = Start("--pictures", "400", "--save", model);
        var output = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            output.Add(line);
            if (line.Contains("epoch   2 of", StringComparison.Ordinal))
                await Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExitAsync();
        }
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((130, "Interrupted: the results are those of the best model so far."), (process.ExitCode, errors.Trim()));
        Assert.Contains($"Saved SoftmaxCrossEntropy to {model}", output);
        Assert.True(TestLogLoss([.. output], "SoftmaxCrossEntropy") < Math.Log(2));
    }

    /// <summary>The fourth number from the right in a row of the table.</summary>
    private static double TestLogLoss(string[] output, string row)
    {
        var line = Assert.Single(output, l => l.StartsWith($"  {row} ", StringComparison.Ordinal) && l.TrimEnd().EndsWith('%'));
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(words[^4], CultureInfo.InvariantCulture);
    }

    private static async Task<(int Exit, string Error)> Failure(params string[] arguments)
    {
        (var exit, _, var errors) = await Run(arguments);
        return (exit, errors.Trim());
    }

    private static async Task<JsonElement> Json(int expectedExit, params string[] arguments)
    {
        (var exit, var output, _) = await Run(arguments);
        Assert.Equal(expectedExit, exit);
        var document = JsonDocument.Parse(string.Join('\n', output)).RootElement;
        Assert.Equal(exit, document.GetProperty("exitCode").GetInt32());
        return document;
    }

    private static Process Start(params string[] arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, [Path.Combine(AppContext.BaseDirectory, "DogCat.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<(int Exit, string[] Output, string Errors)> Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), await errors);
    }
}
