using System.Reflection;
using Microsoft.ML;
using MLNet.CrossEntropy.Calibration;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Reporting;
using MLNet.CrossEntropy.Tests.Shared;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy.Tests.Numerics;

/// <summary>Text of the caller's in messages: whatever it holds, a message is one line from left to right that shows it.</summary>
public sealed class PlainTextTests
{
    private const string Odd = "a\nb\u0007\u202e";
    private const string Shown = "a\\nb\\u0007\\u202e";

    /// <summary>Parameters that hold words of the library's own.</summary>
    private static readonly string[] OwnWords =
        ["role", "parameter", "option", "expected", "actual", "remedy", "needed", "what", "columns", "fold", "method", "trainer", "answer", "shares", "slot", "firstValue", "otherValue", "supported", "version", "found", "all", "seen", "problems", "described"];

    [Theory]
    [InlineData("plain 'text' é 漢 😀", "plain 'text' é 漢 😀", "plain 'text' é 漢 😀")]
    [InlineData(Odd, "a b  ", Shown)]
    [InlineData("\r\t\0\u2028", "    ", "\\r\\t\\0\\u2028")]
    [InlineData("", "", "")]
    public void Cleaned_and_escaped(string text, string cleaned, string escaped)
    {
        Assert.Equal(cleaned, PlainText.Clean(text));
        Assert.Equal(escaped, PlainText.Escape(text));
    }

    [Fact]
    public void Half_of_a_pair_is_cleaned_and_escaped()
    {
        var half = "half " + '\ud83d';
        Assert.Equal(("half \ufffd", "half \\ud83d"), (PlainText.Clean(half), PlainText.Escape(half)));
    }

    /// <summary>Every wording that there is, with odd names in place of the caller's.</summary>
    [Fact]
    public void No_error_shows_a_control_character()
    {
        var told = 0;
        List<string> raw = [];
        foreach (var method in new[]
            {
                typeof(ColumnErrors), typeof(EvaluationErrors), typeof(ComparisonErrors), typeof(CalibrationErrors), typeof(TrainingErrors), typeof(ReportErrors),
            }.SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public)))
        {
            if (!typeof(Exception).IsAssignableFrom(method.ReturnType) || method.GetParameters().Any(p => p.ParameterType.IsByRefLike))
                continue;
            var arguments = method.GetParameters().Select(Argument).ToArray();
            if (arguments.Contains(Type.Missing))
                continue;
            var message = ((Exception)method.Invoke(null, arguments)!).Message;
            if (message.Any(c => char.IsControl(c) || c == '\u202e'))
                raw.Add($"{method.DeclaringType!.Name}.{method.Name}: {PlainText.Escape(message)}");
            told += message.Contains(Shown, StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.True(raw.Count == 0, string.Join('\n', raw));
        Assert.InRange(told, 40, 200);
    }

    [Fact]
    public void Results_and_their_warnings_show_it()
    {
        MLContext ml = new(seed: 1);
        var view = new InMemoryView.Builder()
            .AddKeys("Label", [1, 1, 2, 1], 3, [Odd, "b", "c"])
            .AddScores("S\nX", [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25]], 3)
            .Build();
        MulticlassEvaluationOptions options = new()
        {
            ScoreColumnName = "S\nX",
            ClassNames = [Odd, "b", "c"],
            Prior = ReferencePrior.FromClassProbabilities("p\nq", new Dictionary<string, double> { ["b"] = 1 }),
        };
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(view, options);
        Assert.Contains(metrics.Warnings, w => w.Contains(Shown, StringComparison.Ordinal));
        Assert.Contains(metrics.Warnings, w => w.Contains("'p\\nq'", StringComparison.Ordinal));
        var comparison = ml.MulticlassClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { [Odd] = view, ["other"] = view }, evaluation: options);
        string[] texts =
        [
            metrics.ScoresUsed, .. metrics.Warnings, .. comparison.Warnings, comparison.Pairs[0].Sentence, comparison.Pairs[0].ToString(),
            metrics.Classes[0].ToString(), .. metrics.DriftFrom(metrics).Select(d => d.ToString()),
            Assert.Throws<RequirementNotMetException>(() => comparison.Require(c => c.Best == Odd + "?")).Message.Split("\n-")[1].Split("\n  ")[0],
        ];
        Assert.All(texts, text => Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202e'));
    }

    private static object? Argument(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var t when t == typeof(string) => OwnWords.Contains(parameter.Name) ? "word" : Odd,
        var t when OwnWords.Contains(parameter.Name) && t == typeof(IEnumerable<string>) => (string[])["word"],
        var t when t == typeof(string[]) || t == typeof(IEnumerable<string>) => (string[])[Odd, "b", Odd],
        var t when t == typeof(List<string>) => (List<string>)[Odd],
        var t when t == typeof(object) => "type",
        var t when t == typeof(Type) => typeof(string),
        var t when typeof(Exception).IsAssignableFrom(t) => new InvalidOperationException("before"),
        var t when t.IsValueType && t != typeof(DataViewSchema.Column) => Activator.CreateInstance(t),
        _ => Type.Missing,
    };
}
