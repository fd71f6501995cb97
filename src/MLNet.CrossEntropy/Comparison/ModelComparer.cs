using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The rows of a comparison, or of one fold of a cross-validation, as each model has scored them.</summary>
/// <param name="Scored">The rows by the name of the model.</param>
/// <param name="Rows">Where each row stands in the data as a whole; null where the parts lie one behind the other.</param>
internal sealed record ScoredPart(IReadOnlyDictionary<string, IDataView> Scored, int[]? Rows = null);

/// <summary>Compares models on the same rows in one pass, all of them side by side.</summary>
internal sealed class ModelComparer : IDisposable
{
    private readonly ModelSums[] _models;
    private readonly PairSums[] _pairs;
    private readonly ComparisonOptions _options;
    private readonly EvaluationOptions _evaluation;
    private readonly RowKeys _keys;
    private readonly PoissonBootstrap? _bootstrap;
    private readonly RowCounter _rows = new();
    private readonly HashSet<string> _ofOtherClasses = [];
    private readonly int _seed;
    private readonly string? _baseline;
    private long _clipped;

    public ModelComparer(string[] names, ComparisonOptions options, EvaluationOptions evaluation, bool hasFolds, int seed)
    {
        (_options, _evaluation, _seed) = (options, evaluation, seed);
        _keys = new(options, areRowsRepeated: hasFolds);
        _models = [.. names.Select(name => new ModelSums(name, _keys.HasGroups, hasFolds))];
        _baseline = options.AllPairs ? null : options.Baseline ?? names[0];
        var baseline = Array.IndexOf(names, _baseline);
        _pairs =
        [
            .. from first in Enumerable.Range(0, names.Length)
               from second in Enumerable.Range(0, names.Length)
               where baseline >= 0 ? second == baseline && first != baseline : first < second
               select new PairSums(first, second, _models, hasClusters: _keys.HasGroups || hasFolds, options.ListedRows),
        ];
        _bootstrap = options.BootstrapResamples == 0 || _pairs.Length == 0 ? null
            : new(options.BootstrapResamples, seed, _pairs.Length, options.NumberOfThreads ?? Environment.ProcessorCount);
    }

    /// <summary>Compares models, each with a name and the data it has scored.</summary>
    public static CrossEntropyComparison Compare<TOptions>(
        IHostEnvironment env,
        IReadOnlyDictionary<string, IDataView> scored,
        ComparisonOptions options,
        TOptions evaluation,
        Func<IDataView, TOptions, Evaluator> open)
        where TOptions : EvaluationOptions
    {
        options.Check([.. scored.Keys]);
        return Compare(env, [new(scored)], options, evaluation, open, testToTrainRatio: null);
    }

    /// <summary>Compares models on folds, those of each model in the same order.</summary>
    public static CrossEntropyComparison CompareFolds<TOptions>(
        IHostEnvironment env,
        Dictionary<string, IDataView[]> folds,
        ComparisonOptions options,
        TOptions evaluation,
        Func<IDataView, TOptions, Evaluator> open)
        where TOptions : EvaluationOptions
    {
        options.Check([.. folds.Keys]);
        var count = FoldComparer.Count(folds.ToDictionary(f => f.Key, f => f.Value.Length));
        ScoredPart[] parts = [.. Enumerable.Range(0, count).Select(k => new ScoredPart(folds.ToDictionary(f => f.Key, f => f.Value[k])))];
        return Compare(env, parts, options, evaluation, open, testToTrainRatio: 1.0 / (count - 1));
    }

    private static CrossEntropyComparison Compare<TOptions>(
        IHostEnvironment env,
        IReadOnlyList<ScoredPart> parts,
        ComparisonOptions options,
        TOptions evaluation,
        Func<IDataView, TOptions, Evaluator> open,
        double? testToTrainRatio)
        where TOptions : EvaluationOptions
    {
        evaluation.Check();
        using HostCancellation cancellation = new(env);
        var limited = (TOptions)evaluation.Until(cancellation.Token);
        var comparison = Compare(parts, options, limited, open, SeedOf(env, options), testToTrainRatio);
        EvaluationWarnings.Send(env, comparison.Warnings);
        return comparison;
    }

    /// <summary>Compares models on rows that come in parts; with a ratio of test to training rows the parts are folds.</summary>
    public static CrossEntropyComparison Compare<TOptions>(
        IReadOnlyList<ScoredPart> parts,
        ComparisonOptions options,
        TOptions evaluation,
        Func<IDataView, TOptions, Evaluator> open,
        int seed,
        double? testToTrainRatio)
        where TOptions : EvaluationOptions
    {
        using ModelComparer comparer = new([.. parts[0].Scored.Keys], options, evaluation, testToTrainRatio is not null, seed);
        foreach ((var part, var fold) in parts.Select((part, fold) => (part, fold)))
            comparer.Add(part, fold, data => open(data, evaluation));
        return comparer.ToComparison(testToTrainRatio);
    }

    /// <summary>The options' seed, or the environment's: always drawn, so that its state does not depend on the options.</summary>
    public static int SeedOf(IHostEnvironment env, ComparisonOptions options)
    {
        var drawn = env.Register("CompareCrossEntropy").Rand.Next();
        return options.Seed ?? drawn;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _bootstrap?.Dispose();
    }

    /// <summary>Adds a fold by its models' log-losses alone, as if it were one row.</summary>
    public void Add(int fold, double[] logLosses)
    {
        _rows.Add(RowOutcome.Used, 1);
        foreach ((var model, var loss) in _models.Zip(logLosses))
            model.Add(loss, loss, weight: 1, hit: double.NaN, group: fold, fold);
        foreach (var pair in _pairs)
            pair.Add(fold, weight: 1, fold, static () => (null, null));
    }

    private void Add(ScoredPart part, int fold, Func<IDataView, Evaluator> open)
    {
        List<ModelRows> rows = [];
        try
        {
            foreach ((var name, var data) in part.Scored)
                rows.Add(new(name, open(data), _evaluation.ProbabilityFloor));
            _keys.Open(part.Scored.First().Value, part.Rows);
            new Part(this, rows, fold).Run();
        }
        finally
        {
            foreach (var model in rows)
                model.Dispose();
        }
    }

    public CrossEntropyComparison ToComparison(double? testToTrainRatio)
    {
        var level = _evaluation.ConfidenceLevel;
        PairedComparison[] pairs =
            [.. _pairs.Select((pair, i) => pair.ToComparison(level, testToTrainRatio, _bootstrap?.ToInterval(i, level)))];
        CrossEntropyComparison comparison = new()
        {
            Models = [.. _models.Select(m => m.ToModel(level))],
            Pairs = HolmAdjustment.Of(pairs, p => p.PValue, (p, adjusted) => p with { AdjustedPValue = adjusted }),
            Baseline = _baseline,
            Rows = _rows.ToCounts() with { Clipped = _clipped },
            GroupColumnName = _options.GroupColumnName,
            ProbabilityFloor = _evaluation.ProbabilityFloor,
            ConfidenceLevel = level,
            Seed = _seed,
        };
        return comparison with { Warnings = [.. ComparisonWarnings.Of(comparison, _models[0].Name, _ofOtherClasses)] };
    }

    /// <summary>One part of the rows, on its way through all models at once.</summary>
    private sealed class Part
    {
        private readonly ModelComparer _whole;
        private readonly List<ModelRows> _models;
        private readonly SameRows[] _sameRows;
        private readonly int _fold;
        private readonly Func<(string? Id, string? Label)> _nameRow;

        public Part(ModelComparer whole, List<ModelRows> models, int fold)
        {
            (_whole, _models, _fold, _nameRow) = (whole, models, fold, NameRow);
            _sameRows = [.. models.Skip(1).Select(other => new SameRows(models[0], other))];
            whole._ofOtherClasses.UnionWith(models.Skip(1).Where((_, i) => !_sameRows[i].ClassesAgree).Select(m => m.Name));
        }

        public void Run()
        {
            while (MoveNext())
            {
                foreach (var check in _sameRows)
                    check.Check();
                var bad = _models.Find(m => !m.HasLoss);
                _whole._rows.Add(bad?.Outcome ?? RowOutcome.Used, 1);
                if (bad is null)
                    Add();
            }
            foreach ((var sums, var rows) in _whole._models.Zip(_models))
                sums.Finish(rows);
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
            if (any)
                _whole._keys.MoveNext();
            return any;
        }

        private void Add()
        {
            (var group, var key) = _whole._keys.Group();
            var weight = _models[0].Weight;
            var clipped = false;
            for (var i = 0; i < _models.Count; i++)
            {
                var model = _models[i];
                _whole._models[i].Add(model.Loss, model.ClippedLoss, weight, model.Hit, group, _fold, model.IsRounded);
                clipped |= model.ClippedLoss < model.Loss;
            }
            var cluster = _whole._models[0].HasFolds ? _fold : group;
            foreach (var pair in _whole._pairs)
                pair.Add(_whole._keys.Row, weight, cluster, _nameRow);
            _whole._bootstrap?.Add(key, weight, _whole._pairs);
            _whole._clipped += clipped ? 1 : 0;
        }

        /// <summary>The current row's id, and its class as the first model that knows it calls it.</summary>
        private (string? Id, string? Label) NameRow() =>
            (_whole._keys.Id, _models.Find(m => m.Label >= 0) is { } model ? model.ClassNames[model.Label] : null);
    }
}

/// <summary>Puts into words what a comparison's figures alone would hide.</summary>
internal static class ComparisonWarnings
{
    /// <summary>With fewer groups cluster-robust standard errors come out too small (Cameron and Miller 2015, section VI).</summary>
    private const int FewGroups = 20;

    public static IEnumerable<string> Of(CrossEntropyComparison comparison, string firstModel, IEnumerable<string> modelsOfOtherClasses)
    {
        foreach (var model in modelsOfOtherClasses)
            yield return $"The classes of {Throw.Quoted(model)} are not those of {Throw.Quoted(firstModel)}; a row of a class that one of "
                + "them does not know cannot be evaluated by both.";
        var rows = comparison.Rows;
        if (rows.Used == 0)
            yield return $"There is no row on which all models can be evaluated ({rows}).";
        if (rows.Total - rows.Used - rows.ZeroWeight is var left && left > 0)
            yield return $"{left} of {rows.Total} rows were left out of the comparison, since one of the models cannot be evaluated on "
                + "them or they have no label.";
        foreach (var model in comparison.Models.Where(m => m.InfiniteRows > 0))
            yield return $"The log-loss of {Throw.Quoted(model.Name)} is infinite: {model.InfiniteRows} rows give their true class "
                + $"probability 0. Tests and intervals rest on probabilities of at least {comparison.ProbabilityFloor:g3}.";
        foreach (var model in comparison.Models.Where(m => m.Rows.RoundedToZero > 0))
            yield return $"The log-loss of {Throw.Quoted(model.Name)} is at least what it says: the probabilities of "
                + $"{model.Rows.RoundedToZero} rows' true classes were rounded to 0.";
        foreach (var warning in OfGroups(comparison.Pairs is [{ Groups: { } groups }, ..] ? groups : null))
            yield return warning;
    }

    /// <summary>What there is to say on a number of groups.</summary>
    public static IEnumerable<string> OfGroups(long? groups)
    {
        if (groups < FewGroups)
            yield return $"There are {groups} groups of rows; with fewer than {FewGroups}, standard errors tend to be too small.";
    }
}
