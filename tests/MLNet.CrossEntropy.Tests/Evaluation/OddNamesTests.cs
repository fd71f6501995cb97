using System.Collections;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>
/// Whatever prints names of the caller's keeps their line breaks, NUL and marks of direction out: walked over every public result with odd
/// names and with plain ones of the same length, whose texts must have as many lines.
/// </summary>
public sealed class OddNamesTests
{
    private const string Allowed = "\n";
    private static readonly string[] Odd = ["a\nb", "\0c", "d\u202ee", "f\u2066\r\ng", "\u2028h"];
    private static readonly string[] Plain = ["a.b", ".c", "d.e", "f...g", ".h"];

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("multiclass")]
    [InlineData("binary")]
    [InlineData("multi-label")]
    [InlineData("comparison")]
    [InlineData("cross-validation")]
    [InlineData("drift")]
    public void Odd_names_neither_break_a_line_nor_turn_one_round(string what)
    {
        List<(string Path, string Text)> odd = [], plain = [];
        Walk(Results(Odd)[what](), what, odd, []);
        Walk(Results(Plain)[what](), what, plain, []);
        Assert.Contains(plain, text => Array.Exists(Plain, name => text.Text.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(plain.Select(Lines), odd.Select(Lines));
        Assert.All(odd, text => Assert.DoesNotContain(text.Text, IsOdd));
    }

    [Fact]
    public void The_walk_finds_what_it_looks_for() => Assert.All(Odd[1..], name => Assert.Contains(name, IsOdd));

    private static (string, int) Lines((string Path, string Text) text) => (text.Path, text.Text.Count(c => c == '\n'));

    private static bool IsOdd(char c) => !Allowed.Contains(c) && (char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e' or '\u2066');

    private Dictionary<string, Func<object>> Results(string[] names)
    {
        const int Rows = 60;
        Random random = new(3);
        var view = new InMemoryView.Builder()
            .AddKeys("Label", Enumerable.Range(0, Rows).Select(i => (uint)(i % 3 + 1)), 3, names[..3])
            .AddScores("Score", Enumerable.Range(0, Rows).Select(i => Row(random, 3, i)), 3, InMemoryView.Names("SlotNames", names[..3]))
            .AddScores("Features", Enumerable.Range(0, Rows).Select(i => Row(random, 2, i)), 2)
            .AddKeys("Side", Enumerable.Range(0, Rows).Select(i => (uint)(i % 2 + 1)), 2, names[3..])
            .AddNumbers("Probability", Enumerable.Range(0, Rows).Select(_ => random.NextDouble()))
            .AddScores("Answers", Enumerable.Range(0, Rows).Select(i => new[] { i % 2, i % 3 == 0 ? 1.0 : 0, 1 }), 3)
            .AddText("Name", Enumerable.Range(0, Rows).Select(i => names[i % names.Length]))
            .Build();
        MulticlassEvaluationOptions options = new() { SegmentColumnName = "Name", IdColumnName = "Name" };
        BinaryEvaluationOptions binary = new()
        {
            LabelColumnName = "Side",
            ScoreColumnName = null,
            SegmentColumnName = "Name",
            IdColumnName = "Name",
        };
        var multiclass = _ml.MulticlassClassification;
        return new()
        {
            ["multiclass"] = () => multiclass.EvaluateCrossEntropy(view, options),
            ["binary"] = () => _ml.BinaryClassification.EvaluateCrossEntropy(view, binary),
            ["multi-label"] = () => multiclass.EvaluateMultiLabelCrossEntropy(view, new MultiLabelEvaluationOptions
            {
                LabelColumnName = "Answers",
                LabelNames = names[..3],
                SegmentColumnName = "Name",
            }),
            ["comparison"] = () => multiclass.CompareCrossEntropy(
                names[..3].ToDictionary(name => name, _ => (IDataView)view), new ComparisonOptions { AllPairs = true }, options),
            ["cross-validation"] = () => multiclass.CrossValidateCrossEntropy(
                view,
                new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>> { [names[0]] = Trainer, [names[1]] = Trainer },
                new CrossValidationOptions { NumberOfFolds = 3, Seed = 1 }, new MulticlassEvaluationOptions()),
            ["drift"] = () => multiclass.EvaluateCrossEntropy(view, options).DriftFrom(multiclass.EvaluateCrossEntropy(view, options)),
        };

        static IEstimator<ITransformer> Trainer(MLContext ml) => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(numberOfEpochs: 3);
    }

    private static double[] Row(Random random, int classes, int i)
    {
        double[] parts = [.. Enumerable.Range(0, classes).Select(k => random.NextDouble() + (i % classes == k ? 0.5 : 0.125))];
        return [.. parts.Select(part => part / parts.Sum())];
    }

    /// <summary>All that a result and what it holds print.</summary>
    private static void Walk(object? value, string path, List<(string, string)> texts, HashSet<object> seen)
    {
        if (value is IEnumerable items and not string)
        {
            foreach (var item in items)
                Walk(item, $"{path}[]", texts, seen);
            return;
        }
        if (value is null || value.GetType().Namespace != typeof(CrossEntropyMetrics).Namespace || value.GetType().IsEnum || !seen.Add(value))
            return;
        texts.Add(($"{path}: {value.GetType().Name}", value.ToString()!));
        if (value.GetType().GetMethod("ToMarkdown", []) is { } markdown)
            texts.Add(($"{path}: Markdown", (string)markdown.Invoke(value, [])!));
        foreach (var property in value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0))
        {
            var held = property.GetValue(value);
            if (property.Name is "Warnings" or "Sentence" or "Conclusion")
                texts.Add(($"{path}.{property.Name}", string.Join("\n", held as IEnumerable<string> ?? [(string)held!])));
            Walk(held, $"{path}.{property.Name}", texts, seen);
        }
    }
}
