using System.Globalization;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>
/// On real data, raw and unscaled as it comes, the trainers by themselves end within one percent of the optimum of their objective (on the
/// two problems whose features are so correlated that their number of passes does not suffice, within two and five), and Newton's method
/// within a hundredth of that. The small sets of the golden file are judged by scikit-learn in <see cref="GoldenFitTests"/>.
/// </summary>
public class RealDataTests
{
    private const double ByItself = 0.01;
    private const double ByItselfIfRareFlags = 0.02;
    private const double ByItselfIfCounts = 0.05;
    private const double ByNewton = 1e-4;
    private const double ReferenceGap = 2e-6;

    [SharedDataTheory("tabular/adult.txt")]
    [InlineData("softmax", Solver.Auto, ByItself)]
    [InlineData("sigmoid", Solver.Auto, ByItselfIfRareFlags)]
    [InlineData("sigmoid", Solver.Newton, ByNewton)]
    public void Adult_whose_features_range_from_flags_to_a_million(string trainer, Solver solver, double within) =>
        AssertNearOptimum(Adult.Value, trainer, solver, within);

    [SharedDataTheory("tabular/letter.csv")]
    [InlineData("softmax", Solver.Auto, ByItself)]
    [InlineData("softmax", Solver.Newton, ByNewton)]
    [InlineData("multi-label", Solver.Auto, ByItself)]
    public void Letter_with_its_26_classes(string trainer, Solver solver, double within) =>
        AssertNearOptimum(Letter.Value, trainer, solver, within);

    [SharedDataTheory("20newsgroups/train.tsv.gz")]
    [InlineData("softmax", Solver.Auto, ByItselfIfCounts)]
    [InlineData("softmax", Solver.Newton, ByNewton)]
    public void Newsgroups_as_sparse_counts_of_words(string trainer, Solver solver, double within) =>
        AssertNearOptimum(Newsgroups.Value, trainer, solver, within);

    [SharedDataTheory("20newsgroups/train.tsv.gz")]
    [InlineData("softmax", Solver.Auto, ByItself)]
    [InlineData("softmax", Solver.Newton, ByNewton)]
    public void Newsgroups_as_rows_of_length_1(string trainer, Solver solver, double within) =>
        AssertNearOptimum(NormalizedNewsgroups.Value, trainer, solver, within);

    private static readonly Lazy<Problem> Adult = new(() =>
    {
        // Six numbers of very different size as they are, eight texts as one flag for each of their values.
        string[][] rows =
            [.. SharedData.Lines("tabular/adult.txt").Skip(1).Take(2_000).Select(line => line.Split(',', StringSplitOptions.TrimEntries))];
        int[] texts = [1, 3, 5, 6, 7, 8, 9, 13], numbers = [0, 2, 4, 10, 11, 12];
        string[][] values = [.. texts.Select(column => rows.Select(row => row[column]).Distinct().Order(StringComparer.Ordinal).ToArray())];
        return new Problem(new LabelledRows(
            [.. rows.Select(row => numbers.Select(column => float.Parse(row[column], CultureInfo.InvariantCulture))
                .Concat(texts.SelectMany((column, t) => values[t].Select(value => value == row[column] ? 1f : 0))).ToArray())],
            [.. rows.Select(row => row[^1] == "1" ? 1 : 0)], 2, new float[rows.Length]));
    });

    private static readonly Lazy<Problem> Letter = new(() =>
    {
        string[][] rows = [.. SharedData.Lines("tabular/letter.csv").Skip(1).Take(2_000).Select(line => line.Split(','))];
        return new Problem(new LabelledRows(
            [.. rows.Select(row => row.Skip(1).Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())],
            [.. rows.Select(row => row[0][0] - 'A')], 26, new float[rows.Length]));
    });

    private static readonly Lazy<Problem> Newsgroups = new(() =>
    {
        // Every tenth message; the words that at least ten of these have, counted.
        string[][] rows = [.. SharedData.Lines("20newsgroups/train.tsv.gz").Where((_, i) => i % 10 == 0).Select(line => line.Split('\t'))];
        string[][] words =
            [.. rows.Select(
            row => row[3].ToUpperInvariant().Split(' ').Where(word => word.Length > 2 && word.All(char.IsAsciiLetter)).ToArray())];
        string[] known =
            [.. words.SelectMany(row => row.Distinct()).CountBy(word => word).Where(word => word.Value >= 10).Select(word => word.Key)
            .Order(StringComparer.Ordinal)];
        Dictionary<string, int> index = known.Index().ToDictionary(word => word.Item, word => word.Index);
        return new Problem(new LabelledRows(
            [.. words.Select(row =>
            {
                var counts = new float[known.Length];
                foreach (var word in row.Where(index.ContainsKey))
                    counts[index[word]]++;
                return counts;
            })],
            [.. rows.Select(row => int.Parse(row[0], CultureInfo.InvariantCulture))], 20, new float[rows.Length]));
    });

    private static readonly Lazy<Problem> NormalizedNewsgroups = new(() => new Problem(Newsgroups.Value.Rows.Map(row =>
    {
        var norm = Math.Max(1, MathF.Sqrt(row.Sum(count => count * count)));
        return [.. row.Select(count => count / norm)];
    })));

    private static void AssertNearOptimum(Problem problem, string trainer, Solver solver, double within)
    {
        var fitted = EveryTrainer.Fit(trainer, problem.Rows.View(),
            options => (options.Solver, options.L2Regularization) = (solver, 1f / problem.Rows.X.Length));
        double objective = problem.Objective(trainer, EveryTrainer.Parameters(fitted)), optimum = problem.Optimum(trainer);
        Assert.InRange(objective, optimum * (1 - ReferenceGap), optimum * (1 + within));
        Assert.Equal(objective, EveryTrainer.Report(fitted).Certificate.Objective, 1e-4 * objective);
    }

    /// <summary>Rows, and the optimum of each trainer's objective with the penalty that it takes by itself, 1/N.</summary>
    private sealed class Problem(LabelledRows rows)
    {
        private readonly Dictionary<string, double> _optima = [];

        public LabelledRows Rows => rows;

        public double Objective(string trainer, float[] parameters) =>
            References(trainer).Select((reference, k) => reference.Objective(PartOf(trainer, parameters, k))).Sum();

        public double Optimum(string trainer)
        {
            lock (_optima)
            {
                if (!_optima.TryGetValue(trainer, out var optimum))
                    _optima[trainer] = optimum = References(trainer).Sum(reference => reference.Find());
                return optimum;
            }
        }

        /// <summary>The multi-label objective is the sum of as many binary ones.</summary>
        private IEnumerable<SlowOptimum> References(string trainer) => trainer switch
        {
            "softmax" => [new SlowOptimum(rows.X, rows.Y, rows.Classes, 1.0 / rows.X.Length)],
            "sigmoid" => [new SlowOptimum(rows.X, rows.Y, 1, 1.0 / rows.X.Length)],
            _ => Enumerable.Range(0, rows.Classes)
                .Select(k => new SlowOptimum(rows.X, [.. rows.Y.Select(label => label == k ? 1 : 0)], 1, 1.0 / rows.X.Length)),
        };

        private float[] PartOf(string trainer, float[] parameters, int k) => trainer == "multi-label"
            ? [.. parameters.Skip(k * rows.Features).Take(rows.Features), parameters[(rows.Classes * rows.Features) + k]]
            : parameters;
    }
}
