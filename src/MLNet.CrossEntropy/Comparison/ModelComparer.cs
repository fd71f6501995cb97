using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Compares models on the same rows in one pass, all of them side by side.</summary>
internal sealed class ModelComparer
{
    private readonly List<ModelRows> _models;
    private readonly ComparisonOptions _options;
    private readonly RowKeys _keys;
    private readonly SameRows[] _sameRows;
    private readonly List<PairSums> _pairs = [];
    private readonly PoissonBootstrap? _bootstrap;
    private readonly RowCounter _rows = new();
    private readonly int _seed;
    private readonly string? _baseline;
    private readonly Func<(string? Id, string? Label)> _nameRow;
    private long _clipped;

    private ModelComparer(List<ModelRows> models, ComparisonOptions options, RowKeys keys, PoissonBootstrap? bootstrap, int seed)
    {
        (_models, _options, _keys, _bootstrap, _seed) = (models, options, keys, bootstrap, seed);
        _nameRow = NameRow;
        _baseline = options.AllPairs ? null : options.Baseline ?? models[0].Name;
        _sameRows = [.. models.Skip(1).Select(other => new SameRows(models[0], other))];
        foreach ((var first, var second) in PairsOf(models.Count, options.AllPairs ? null : models.FindIndex(m => m.Name == _baseline)))
            _pairs.Add(new(models[first], models[second], keys.HasGroups, options.ListedRows));
    }

    /// <summary>Compares models, each with a name and the data it has scored.</summary>
    public static CrossEntropyComparison Compare<TOptions>(
        IHostEnvironment env,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions options,
        TOptions evaluation,
        Func<IDataView, TOptions, Evaluator> open)
        where TOptions : EvaluationOptions
    {
        options.Check([.. scoredData.Keys]);
        evaluation.Check();
        // Always drawn, so that the environment's state does not depend on the options.
        var seed = env.Register("CompareCrossEntropy").Rand.Next();
        seed = options.Seed ?? seed;
        var pairs = PairsOf(scoredData.Count, options.AllPairs ? null : 0).Count();
        List<ModelRows> models = [];
        try
        {
            foreach ((var name, var data) in scoredData)
                models.Add(new(name, open(data, evaluation), evaluation.ProbabilityFloor));
            using RowKeys keys = new(scoredData.First().Value, options);
            using PoissonBootstrap? bootstrap = options.BootstrapResamples == 0 ? null
                : new(options.BootstrapResamples, seed, pairs, options.NumberOfThreads ?? Environment.ProcessorCount);
            ModelComparer comparer = new(models, options, keys, bootstrap, seed);
            comparer.Run();
            var comparison = comparer.ToComparison(evaluation);
            EvaluationWarnings.Send(env, comparison.Warnings);
            return comparison;
        }
        finally
        {
            foreach (var model in models)
                model.Dispose();
        }
    }

    /// <summary>Every model with the baseline as the second, or, without one, with every later model.</summary>
    private static IEnumerable<(int First, int Second)> PairsOf(int models, int? baseline) =>
        from first in Enumerable.Range(0, models)
        from second in Enumerable.Range(0, models)
        where baseline is { } b ? second == b && first != b : first < second
        select (first, second);

    private void Run()
    {
        while (MoveNext())
        {
            foreach (var check in _sameRows)
                check.Check();
            var bad = _models.Find(m => !m.HasLoss);
            _rows.Add(bad?.Outcome ?? RowOutcome.Used, 1);
            if (bad is null)
                Add();
        }
    }

    private bool MoveNext()
    {
        var any = _models[0].MoveNext();
        for (var i = 1; i < _models.Count; i++)
        {
            if (_models[i].MoveNext() == any)
                continue;
            (var shorter, var longer) = any ? (_models[i], _models[0]) : (_models[0], _models[i]);
            throw ComparisonErrors.DifferentRowCount(shorter.Name, longer.Row, longer.Name);
        }
        _keys.MoveNext();
        return any;
    }

    private void Add()
    {
        var first = _models[0];
        (var group, var key) = _keys.GroupOf(first.Row);
        var clipped = false;
        foreach (var model in _models)
        {
            model.AddLoss();
            clipped |= model.ClippedLoss < model.Loss;
        }
        foreach (var pair in _pairs)
            pair.Add(group, _nameRow);
        _bootstrap?.Add(key, first.Weight, _pairs);
        if (clipped)
            _clipped++;
    }

    /// <summary>The current row's id, and its class as the first model that knows it calls it.</summary>
    private (string? Id, string? Label) NameRow() =>
        (_keys.Id, _models.Find(m => m.Label >= 0) is { } model ? model.ClassNames[model.Label] : null);

    private CrossEntropyComparison ToComparison(EvaluationOptions evaluation)
    {
        var level = evaluation.ConfidenceLevel;
        PairedComparison[] pairs = [.. _pairs.Select((pair, i) => pair.ToComparison(level, _bootstrap?.ToInterval(i, level)))];
        var adjusted = HolmAdjustment.Of([.. pairs.Select(p => p.PValue)]);
        CrossEntropyComparison comparison = new()
        {
            Models = [.. _models.Select(m => m.ToModel(level))],
            Pairs = [.. pairs.Select((pair, i) => pair with { AdjustedPValue = adjusted[i] })],
            Baseline = _baseline,
            Rows = _rows.ToCounts() with { Clipped = _clipped },
            GroupColumnName = _options.GroupColumnName,
            ProbabilityFloor = evaluation.ProbabilityFloor,
            ConfidenceLevel = level,
            Seed = _seed,
            Warnings = [],
        };
        string[] unlike = [.. _models.Skip(1).Where((_, i) => !_sameRows[i].ClassesAgree).Select(m => m.Name)];
        return comparison with { Warnings = [.. ComparisonWarnings.Of(comparison, _models[0].Name, unlike)] };
    }
}

/// <summary>Puts into words what a comparison's figures alone would hide.</summary>
internal static class ComparisonWarnings
{
    /// <summary>With fewer groups cluster-robust standard errors come out too small (Cameron and Miller 2015, section VI).</summary>
    private const int FewGroups = 20;

    public static IEnumerable<string> Of(CrossEntropyComparison comparison, string firstModel, string[] modelsOfOtherClasses)
    {
        foreach (var model in modelsOfOtherClasses)
            yield return $"The classes of '{model}' are not those of '{firstModel}'; a row of a class that one of them does not know "
                + "cannot be evaluated by both.";
        var rows = comparison.Rows;
        if (rows.Used == 0)
            yield return $"There is no row on which all models can be evaluated ({rows}).";
        if (rows.Total - rows.Used - rows.ZeroWeight is var left && left > 0)
            yield return $"{left} of {rows.Total} rows were left out of the comparison, since one of the models cannot be evaluated on "
                + "them or they have no label.";
        foreach (var model in comparison.Models.Where(m => m.InfiniteRows > 0))
            yield return $"The log-loss of '{model.Name}' is infinite: {model.InfiniteRows} rows give their true class probability 0. "
                + $"Tests and intervals rest on probabilities of at least {comparison.ProbabilityFloor:g3}.";
        foreach (var model in comparison.Models.Where(m => m.Rows.RoundedToZero > 0))
            yield return $"The log-loss of '{model.Name}' is at least what it says: the probabilities of {model.Rows.RoundedToZero} "
                + $"rows' true "
                + "classes were rounded to 0.";
        if (comparison.Pairs[0].Groups is { } groups && groups < FewGroups)
            yield return $"There are {groups} groups of rows; with fewer than {FewGroups}, standard errors tend to be too small.";
    }
}

/// <summary>P-values of several tests made at once.</summary>
internal static class HolmAdjustment
{
    /// <summary>
    /// Holm (1979), "A simple sequentially rejective multiple test procedure": the i-th smallest of m p-values is multiplied by
    /// m - i + 1, capped at 1, and never falls below a smaller one's. Undefined (NaN) p-values stay so and do not count.
    /// </summary>
    public static double[] Of(IReadOnlyList<double> pValues)
    {
        double[] adjusted = [.. pValues];
        int[] order = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i])).OrderBy(i => adjusted[i])];
        double largest = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, adjusted[order[rank]] * (order.Length - rank)));
            adjusted[order[rank]] = largest;
        }
        return adjusted;
    }
}
