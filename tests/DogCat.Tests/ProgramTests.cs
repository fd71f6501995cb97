using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DogCat.Drawing;
using Microsoft.ML;

namespace DogCat.Tests;

/// <summary>The program as its users run it, in a process of its own.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Main_job_draws_trains_and_says_in_few_lines_what_came_of_it()
    {
        (var exit, var output, _) = await Run("--pictures", "240");
        Assert.Equal(0, exit);
        Assert.InRange(output.Length, 10, 25);
        Assert.StartsWith("Microsoft.ML ", output[0], StringComparison.Ordinal);
        Assert.Contains("240 drawn pictures to train on, 120 others to test with, 576 features each.", output[0], StringComparison.Ordinal);
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
        (var model, var page, var drawn) = (_folder.At("model.zip"), _folder.At("page.html"), _folder.At("drawn"));
        var trained = await Json(0, "--pictures", "240", "--save", model, "--report", page, "--soft-labels", "--json");
        Assert.Equal(3, trained.GetProperty("results").GetArrayLength());
        var uncertainty = trained.GetProperty("uncertainty");
        Assert.Equal(trained.GetProperty("lowerBound").GetDouble(), uncertainty.GetProperty("labelEntropy").GetDouble(), 1e-6);
        Assert.Equal(
            uncertainty.GetProperty("crossEntropy").GetDouble(),
            uncertainty.GetProperty("labelEntropy").GetDouble() + uncertainty.GetProperty("divergence").GetDouble(), 1e-9);
        Assert.True(trained.GetProperty("softLabels").TryGetProperty("bySoftLabels", out _));
        var html = await File.ReadAllTextAsync(page);
        string[] headings =
            ["Most confident and wrong", "Most ambiguous", "Soft labels and the model", "Training on soft labels", "Why not squared error?"];
        Assert.All(headings, heading => Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal));
        string[] details = ["SoftmaxCrossEntropy: log-loss ", "Comparison of a pair "];
        Assert.All(details, detail => Assert.Contains($"<summary>{detail}", html, StringComparison.Ordinal));
        Assert.Equal(3, Regex.Count(html, "known: (cat|dog), [^;\n]*\nmodel: ") / 12);

        var evaluated = await Json(0, "evaluate", model, "--pictures", "240", "--json");
        Assert.Equal(
            trained.GetProperty("results")[0].GetProperty("testLogLoss").GetDouble(),
            evaluated.GetProperty("metrics").GetProperty("logLoss").GetDouble(), 0.15);
        (var failed, _, var reason) = await Run("evaluate", model, "--pictures", "100", "--require-log-loss", "0.01");
        Assert.Equal(3, failed);
        Assert.Contains("- m.LogLoss < 0.01: m.LogLoss is 0.", reason, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("evaluate", model, "--pictures", "100", "--require-log-loss", "0.7")).Exit);

        Assert.Equal(0, (await Run("draw", drawn, "--pictures", "40")).Exit);
        Assert.Equal(20, Directory.GetFiles(Path.Combine(drawn, "test"), "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal(
            (2, $"The folder '{drawn}' is not empty; drawn pictures go into an empty or a new one."), await Failure("draw", drawn));
        string[] files = Directory.GetFiles(Path.Combine(drawn, "train"), "*.png", SearchOption.AllDirectories);
        Assert.Equal(40, files.Length);
        (var exit, var output, var errors) = await Run(["predict", model, _folder.At("nobody.png"), .. files]);
        Assert.Equal((1, $"'{_folder.At("nobody.png")}': there is no such file"), (exit, errors.Trim()));
        Assert.Equal(files, output.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]));
        var right = files.Zip(output).Count(p =>
            p.Second.Contains($": {Path.GetFileName(Path.GetDirectoryName(p.First))} (", StringComparison.Ordinal));
        Assert.InRange(right, files.Length * 7 / 10, files.Length);
    }

    [Fact]
    public async Task A_model_of_photographs_sees_through_the_network_and_leaves_nothing_behind()
    {
        var model = _folder.At("model.zip");
        var photos = _folder.Make("photos");
        using (var made = new TemporaryFolder())
        {
            made.FillWithPhotographs(perClass: 10, "train", "test");
            made.Write([], "train", "cat", "empty.jpg");
            var votes = Directory.GetFiles(made.At("test"), "*.jpg", SearchOption.AllDirectories)
                .Select(f => $"{Path.GetRelativePath(made.FullName, f)},cat,30,10,2");
            await File.WriteAllLinesAsync(made.At("test", "human-votes.csv"), ["file,label,votes_cat,votes_dog,votes_other", .. votes]);
            Directory.Delete(photos);
            Directory.Move(made.FullName, photos);
            Directory.CreateDirectory(made.FullName);
        }
        var temporary = $"TMPDIR={_folder.Make("temporary")}";
        (var exit, var output, _) = await Run("--images", photos, "--save", model, "--soft-labels", temporary);
        Assert.Equal(0, exit);
        Assert.Contains("20 photographs to train on, 20 others to test with, 512 features each.", output[0], StringComparison.Ordinal);
        Assert.Equal(["Skipped 1:", $"  '{Path.Combine(photos, "train", "cat", "empty.jpg")}': the file is empty"], output[1..3]);
        Assert.True(TestLogLoss(output, "SoftmaxCrossEntropy") < 0.4, string.Join('\n', output));
        Assert.DoesNotContain(output, line => line.Contains("lower bound", StringComparison.Ordinal));
        // H(1/4) = 0.5623 nats.
        const string soft = "Soft labels p of 20 test pictures, SoftmaxCrossEntropy's q: H(p) + KL(p || q) = 0.5623 + ";
        Assert.Contains(output, line => line.Contains(soft, StringComparison.Ordinal));

        var evaluated = await Json(0, "evaluate", model, "--images", photos, "--json", temporary);
        Assert.Equal(
            TestLogLoss(output, "SoftmaxCrossEntropy"), evaluated.GetProperty("metrics").GetProperty("logLoss").GetDouble(), 0.0001);
        Assert.Equal(20, evaluated.GetProperty("uncertainty").GetProperty("pictures").GetInt32());
        Assert.Equal(0, (await Run("predict", model, Path.Combine(photos, "test", "cat", "000.jpg"), temporary)).Exit);
        Assert.Empty(Directory.GetFiles(_folder.At("temporary"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_the_user_can_put_right_is_told_in_one_line()
    {
        (var nowhere, var text) = (_folder.At("no", "model.zip"), _folder.Write("no model"u8.ToArray(), "text.zip"));
        Assert.Equal((2, $"--save {nowhere}: there is no folder '{_folder.At("no")}'"), await Failure("--save", nowhere));
        Assert.Equal((2, $"--report {_folder.FullName}: this is a folder; a file is wanted"), await Failure("--report", _folder.FullName));
        Assert.Equal((2, "--save and --report name the same file, x"), await Failure("--save", "x", "--report", "x"));
        Assert.Equal((2, "--pictures is 19; at least 20 are needed"), await Failure("--pictures", "19"));
        Assert.Equal((2, $"--images {nowhere}: there is no such folder"), await Failure("--images", nowhere));
        _folder.FillWithPhotographs(perClass: 1, "train", "test");
        Assert.Equal(
            (2, "--soft-labels: 0 test pictures have people's votes (test/human-votes.csv); at least 20 are needed."),
            await Failure("--images", _folder.FullName, "--soft-labels"));
        Assert.Equal(
            (2, $"There is no model file '{nowhere}'. Make one with: --save {nowhere}"), await Failure("predict", nowhere, "a.png"));
        (var exit, var error) = await Failure("evaluate", text);
        Assert.Equal(2, exit);
        Assert.StartsWith($"'{text}' is no model of pictures of cats and dogs: ", error, StringComparison.Ordinal);
        Assert.Equal(2, (await Run("--nonsense")).Exit);
        (exit, var output, _) = await Run("--help");
        Assert.Equal(0, exit);
        Assert.All(
            (string[])["predict", "evaluate", "draw", "--images", "--soft-labels", "--json", "130 interrupted"], word =>
            Assert.Contains(output, line => line.Contains(word, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_model_whose_numbers_are_broken_is_refused()
    {
        var ml = new MLContext(seed: 1);
        var featurizer = Featurizing.GradientHistograms(ml).Fit(ml.NoPictures());
        var rows = ml.Featurize(featurizer, DrawnPictures.Draw(1, Series.Train, 20), [], () => { }, CancellationToken.None).Rows;
        var trained = Contender.All(ml)[0].Pipeline.Fit(rows);
        var broken = ml.Transforms.Expression("Features", "x : log(-1 - x * x)", "Features").Fit(rows);
        var path = _folder.At("broken.zip");
        ml.Save(featurizer.Append(broken).Append(trained), path);
        _folder.FillWithPhotographs(perClass: 1, "");
        Assert.Equal(
            (2, $"'{path}' answers with probabilities that are no numbers: the model is broken. Train it anew."),
            await Failure("predict", path, _folder.At("cat", "000.jpg")));
    }

    /// <summary>SIGTERM stands for Ctrl-C, which a test runner in the background may be deaf to; both are handled alike.</summary>
    [Fact]
    public async Task Interrupted_it_says_so()
    {
        if (OperatingSystem.IsWindows())
            return;
        _folder.FillWithPhotographs(perClass: 40, "train", "test");
        using var process = Start("--images", _folder.FullName, "--json");
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

    /// <summary>The test log-loss in nats of a row of the table.</summary>
    private static double TestLogLoss(string[] output, string row)
    {
        var line = Assert.Single(output, l => l.StartsWith(row + " ", StringComparison.Ordinal) && char.IsDigit(l.TrimEnd(' ', '%')[^1]));
        return double.Parse(line[62..68], CultureInfo.InvariantCulture);
    }

    private static async Task<(int Exit, string Error)> Failure(params string[] arguments)
    {
        (var exit, _, var errors) = await Run(arguments);
        return (exit, errors.Trim());
    }

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
        return (process.ExitCode, (await output).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), await errors);
    }
}
