using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DogCat.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy;

namespace DogCat.Tests;

/// <summary>The program as its users run it, in a process of its own.</summary>
public sealed class ProgramTests : TemporaryFolder
{
    [Fact]
    public async Task Main_job_draws_trains_and_says_in_few_lines_what_came_of_it()
    {
        (var exit, var output, _) = await Run("--pictures", "200");
        Assert.Equal(0, exit);
        Assert.InRange(output.Length, 10, 25);
        Assert.StartsWith("Microsoft.ML ", output[0], StringComparison.Ordinal);
        Assert.Contains("200 drawn pictures to train on, 100 others to test with, 576 features each.", output[0], StringComparison.Ordinal);
        var bound = TestLogLoss(output, "(known lower bound)");
        var prior = TestLogLoss(output, "(class shares alone)");
        string[] trainers = ["SoftmaxCrossEntropy", "SigmoidCrossEntropy", "LbfgsMaximumEntropy (L1 = L2 = 1)"];
        Assert.All(trainers, name => Assert.InRange(TestLogLoss(output, name), bound, prior - 0.2));
        Assert.Single(output, line => line.Contains("95% CI", StringComparison.Ordinal));
        Assert.Equal(3, output.Count(line => line.StartsWith("  dotnet run ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_model_of_drawn_pictures_is_saved_predicts_and_is_evaluated_by_pictures_of_its_own()
    {
        (var model, var page, var drawn) = (At("model.zip"), At("page.html"), At("drawn"));
        var trained = await Json(0, "--pictures", "240", "--save", model, "--report", page, "--soft-labels", "--json");
        Assert.Equal(3, trained.GetProperty("results").GetArrayLength());
        var logLoss = trained.GetProperty("results")[0].GetProperty("test").GetProperty("logLoss").GetDouble();
        var uncertainty = trained.GetProperty("uncertainty");
        var entropy = DrawnPictures.Draw(seed: 2026, Series.Test, count: 120)
            .Average(p => InformationTheory.Entropy<double>([p.ProbabilityOfDog!.Value, 1 - p.ProbabilityOfDog.Value]));
        Assert.Equal(entropy, trained.GetProperty("lowerBound").GetDouble(), 1e-6);
        Assert.Equal(
            uncertainty.GetProperty("logLoss").GetDouble(), entropy + uncertainty.GetProperty("kullbackLeibler").GetDouble(), 1e-6);
        Assert.True(trained.GetProperty("softLabels").TryGetProperty("bySoftLabels", out _));
        var html = await File.ReadAllTextAsync(page);
        string[] headings =
            ["Most confident and wrong", "Most ambiguous", "Soft labels and the model", "Training on soft labels", "Why not squared error?"];
        Assert.All(headings, heading => Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal));
        string[] details = ["SoftmaxCrossEntropy: log-loss ", "Comparison of a pair "];
        Assert.All(details, detail => Assert.Contains($"<summary class=\"title\">{detail}", html, StringComparison.Ordinal));
        // At most 12 each that are wrong, unsure and unlike their known probability.
        Assert.InRange(Regex.Count(html, "known: (cat|dog), [^;\n]*\nmodel: "), 25, 36);

        var evaluated = await Json(0, "evaluate", model, "--pictures", "240", "--require-log-loss", "0.7", "--json");
        Assert.Equal(logLoss, evaluated.GetProperty("metrics").GetProperty("logLoss").GetDouble(), 0.15);
        (var failed, var reason) = await Failure("evaluate", model, "--pictures", "20", "--require-log-loss", "0.01");
        Assert.Equal(3, failed);
        Assert.Contains("- m.LogLoss < 0.01: m.LogLoss is 0.", reason, StringComparison.Ordinal);

        Assert.Equal(0, (await Run("draw", drawn, "--pictures", "40")).Exit);
        Assert.Equal(20, Directory.GetFiles(Path.Combine(drawn, "test"), "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal(
            (2, $"The folder '{drawn}' is not empty; drawn pictures go into an empty or a new one."), await Failure("draw", drawn));
        string[] files = Directory.GetFiles(Path.Combine(drawn, "train"), "*.png", SearchOption.AllDirectories);
        Assert.Equal(40, files.Length);
        (var exit, var output, var errors) = await Run(["predict", model, At("nobody.png"), .. files]);
        Assert.Equal((1, $"'{At("nobody.png")}': there is no such file"), (exit, errors));
        Assert.Equal(files, output.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]));
        var right = files.Zip(output).Count(p =>
            p.Second.Contains($": {Path.GetFileName(Path.GetDirectoryName(p.First))} (", StringComparison.Ordinal));
        Assert.InRange(right, files.Length * 7 / 10, files.Length);
    }

    [Fact]
    public async Task A_model_of_photographs_sees_through_the_network_and_leaves_nothing_behind()
    {
        var model = At("model.zip");
        FillWithPhotographs(perClass: 10, "photos/train", "photos/test");
        Write([], "photos", "train", "cat", "empty.jpg");
        // Tested with what was learned a model would look better than it is.
        var copy = Write(await File.ReadAllBytesAsync(At("photos", "train", "dog", "000.jpg")), "photos", "test", "dog", "copy.jpg");
        var photos = At("photos");
        var votes = Directory.GetFiles(At("photos", "test"), "0*.jpg", SearchOption.AllDirectories)
            .Select(f => $"{Path.GetRelativePath(photos, f)},cat,30,10,2");
        await File.WriteAllLinesAsync(At("photos", "test", "human-votes.csv"), ["file,label,votes_cat,votes_dog,votes_other", .. votes]);
        var temporary = Make("temporary");
        (var exit, var output, _) = await Run("--images", photos, "--save", model, "--soft-labels", $"TMPDIR={temporary}");
        Assert.Equal(0, exit);
        Assert.Contains("20 photographs to train on, 20 others to test with, 512 features each.", output[0], StringComparison.Ordinal);
        const string learned = "the model has learned from the same picture";
        Assert.Equal(
            ["Skipped 2:", $"  '{At("photos", "train", "cat", "empty.jpg")}': the file is empty", $"  '{copy}': {learned}"], output[1..4]);
        Assert.True(TestLogLoss(output, "SoftmaxCrossEntropy") < 0.4, string.Join('\n', output));
        Assert.DoesNotContain(output, line => line.Contains("lower bound", StringComparison.Ordinal));
        // H(1/4) = 0.5623 nats.
        const string soft = "Soft labels p of 20 test pictures, SoftmaxCrossEntropy's q: H(p) + KL(p || q) = 0.5623 + ";
        Assert.Contains(output, line => line.Contains(soft, StringComparison.Ordinal));

        Assert.Empty(LeftIn(temporary));
        var evaluated = await Json(0, "evaluate", model, "--images", photos, "--json", $"TMPDIR={temporary}");
        Assert.Empty(LeftIn(temporary));
        Assert.Equal(
            TestLogLoss(output, "SoftmaxCrossEntropy"), evaluated.GetProperty("metrics").GetProperty("logLoss").GetDouble(), 0.0001);
        Assert.Equal(20, evaluated.GetProperty("uncertainty").GetProperty("rows").GetProperty("used").GetInt32());
        Assert.Contains(learned, (await Failure("evaluate", model, "--images", At("photos", "train"))).Error, StringComparison.Ordinal);
        string[] dogs = Directory.GetFiles(Path.Combine(photos, "test", "dog"), "0*.jpg");
        (exit, output, var errors) = await Run(["predict", model, .. dogs, $"TMPDIR={temporary}"]);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Equal(10, output.Length);
        Assert.Empty(LeftIn(temporary));
    }

    [Fact]
    public async Task A_model_whose_numbers_are_none_is_refused()
    {
        var ml = new MLContext(seed: 1);
        var featurizer = Featurizing.GradientHistograms(ml).Fit(ml.NoPictures());
        FillWithPhotographs(perClass: 2, "");
        (var pictures, _) = PictureFolder.Load(FullName, seed: 1, []);
        var rows = ml.Featurize(featurizer, pictures, [], () => { }, default).Rows;
        var trained = Contender.All(ml, arePhotographs: false)[0].Run(ml, rows, rows).Model;
        var model = At("model.zip");
        ml.Save(featurizer.Append(trained), [], model);
        Assert.Equal(0, (await Run("predict", model, pictures[0].Name)).Exit);

        var divided = At("divided.zip");
        var byZero = ml.Transforms.Expression("Features", "x : (x - x) / 0", "Features").Fit(rows);
        ml.Save(featurizer.Append(byZero).Append(trained), [], divided);
        (int Exit, string Reason) refusal = (2, $"'{divided}' answers with probabilities that are no numbers: the model is broken. Train it anew.");
        Assert.Equal(refusal, await Failure("predict", divided, pictures[0].Name));
        var (exit, error) = await Failure("evaluate", divided, "--images", FullName);
        Assert.Equal(2, exit);
        Assert.EndsWith(refusal.Reason, error, StringComparison.Ordinal);

        var predictor = Assert.Single(((IEnumerable<ITransformer>)trained).OfType<IPredictionTransformer<object>>());
        VBuffer<float>[] weights = [];
        ((LinearMulticlassModelParametersBase)predictor.Model).GetWeights(ref weights, out _);
        Replace(model, MemoryMarshal.AsBytes(weights[1].GetValues()[..8]).ToArray(), MemoryMarshal.AsBytes([float.NaN]).ToArray());
        (exit, error) = await Failure("predict", model, pictures[0].Name);
        Assert.Equal(2, exit);
        Assert.Matches($"^'{Regex.Escape(model)}' [^\n]+$", error);
    }

    [Fact]
    public async Task What_the_user_can_put_right_is_told_in_one_line()
    {
        (var nowhere, var text) = (At("no", "model.zip"), Write("no model"u8.ToArray(), "text.zip"));
        FillWithPhotographs(perClass: 1, "train", "test");
        (string[] Arguments, string Error)[] refused =
        [
            (["--save", nowhere], $"--save {nowhere}: there is no folder '{At("no")}'"),
            (["--report", FullName], $"--report {FullName}: this is a folder; a file is wanted"),
            (["--save", "x", "--report", "x"], "--save and --report name the same file, x"),
            (["--pictures", "19"], "--pictures is 19; at least 20 are needed"),
            (["--images", nowhere], $"--images {nowhere}: there is no such folder"),
            (["--images", FullName, "--soft-labels"],
                "--soft-labels: 0 test pictures have people's votes (test/human-votes.csv); at least 20 are needed."),
            (["predict", nowhere, "a.png"], $"There is no model file '{nowhere}'. Make one with: --save {nowhere}"),
        ];
        foreach ((var arguments, var message) in refused)
            Assert.Equal((2, message), await Failure(arguments));
        (var exit, var error) = await Failure("evaluate", text);
        Assert.Equal(2, exit);
        Assert.StartsWith($"'{text}' is no model of pictures of cats and dogs: ", error, StringComparison.Ordinal);
        Assert.Equal(2, (await Run("--nonsense")).Exit);
        (exit, var output, _) = await Run("--help");
        Assert.Equal(0, exit);
        Assert.All((string[])["predict", "evaluate", "draw", "--images", "--soft-labels", "--json", "130 interrupted"], word =>
            Assert.Contains(output, line => line.Contains(word, StringComparison.Ordinal)));
    }

    /// <summary>SIGTERM stands for Ctrl-C, which a test runner in the background may be deaf to; both are handled alike.</summary>
    [Fact]
    public async Task Interrupted_it_says_so()
    {
        if (OperatingSystem.IsWindows())
            return;
        FillWithPhotographs(perClass: 40, "train", "test");
        using var process = Start("--images", FullName, "--json");
        var buffer = new char["Computing features".Length];
        await process.StandardError.ReadBlockAsync(buffer);
        await Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExitAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("Interrupted.", errors.Trim(), StringComparison.Ordinal);
        Assert.Equal(130, JsonDocument.Parse(output).RootElement.GetProperty("exitCode").GetInt32());
    }

    /// <summary>What a run has left in its folder of temporary files, but for the one of a few bytes that ONNX Runtime keeps there.</summary>
    private static IEnumerable<string> LeftIn(string folder) =>
        Directory.GetFileSystemEntries(folder).Where(entry => Path.GetFileName(entry) != ".ses");

    /// <summary>Writes other bytes where those that are wanted stand in a model's file.</summary>
    private static void Replace(string model, byte[] wanted, byte[] other)
    {
        using var file = ZipFile.Open(model, ZipArchiveMode.Update);
        foreach (var entry in file.Entries.ToArray())
        {
            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            if (bytes.AsSpan().IndexOf(wanted) is not (>= 0 and var place))
                continue;
            stream.Position = place;
            stream.Write(other);
            return;
        }
        Assert.Fail("The bytes are nowhere in the file.");
    }

    /// <summary>The test log-loss in nats of a row of the table.</summary>
    private static double TestLogLoss(string[] output, string row)
    {
        var line = Assert.Single(output, l => l.StartsWith(row + " ", StringComparison.Ordinal) && char.IsDigit(l.TrimEnd(' ', '%')[^1]));
        return double.Parse(line[62..68], CultureInfo.InvariantCulture);
    }

    private static async Task<(int Exit, string Error)> Failure(params string[] arguments) =>
        await Run(arguments) is var run ? (run.Exit, run.Errors) : default;

    private static async Task<JsonElement> Json(int expectedExit, params string[] arguments)
    {
        (var exit, var output, var errors) = await Run(arguments);
        Assert.True(exit == expectedExit, errors);
        var document = JsonDocument.Parse(string.Join('\n', output)).RootElement;
        Assert.Equal(exit, document.GetProperty("exitCode").GetInt32());
        return document;
    }

    /// <summary>An argument NAME=VALUE becomes a variable of the process's environment.</summary>
    private static Process Start(params string[] arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] all = [Path.Combine(AppContext.BaseDirectory, "DogCat.dll"), .. arguments.Where(a => !a.Contains('=', StringComparison.Ordinal))];
        var start = new ProcessStartInfo(dotnet, all) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in arguments.Where(a => a.Contains('=', StringComparison.Ordinal)).Select(a => a.Split('=')))
            start.Environment[variable[0]] = variable[1];
        return Process.Start(start)!;
    }

    private static async Task<(int Exit, string[] Output, string Errors)> Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), (await errors).Trim());
    }
}
