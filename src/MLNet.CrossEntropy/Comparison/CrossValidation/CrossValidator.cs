using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>What there is to know of a task to cross-validate its models.</summary>
/// <param name="Read">Opens scored rows.</param>
/// <param name="Open">Opens their evaluator.</param>
/// <param name="Evaluate">Evaluates them.</param>
/// <param name="Kind">What a row's label is.</param>
/// <param name="AreLogits">Whether scores are logits; null where the options do not say.</param>
internal sealed record CrossValidatedTask<TMetrics, TOptions>(
    Func<IDataView, ScoredColumns, ScoredRowReader> Read,
    Func<IDataView, TOptions, Evaluator> Open,
    Func<IHostEnvironment, IDataView, TOptions, TMetrics> Evaluate,
    TaskKind Kind,
    Func<TOptions, bool?> AreLogits);

internal enum TaskKind
{
    Multiclass,
    Binary,
    MultiLabel,
}

/// <summary>Fits models on all folds but one in turn, and evaluates their forecasts of the one.</summary>
internal sealed class CrossValidator<TMetrics, TOptions>
    where TMetrics : LogLossMetrics
    where TOptions : EvaluationOptions
{
    private readonly CrossValidatedTask<TMetrics, TOptions> _task;
    private readonly IDataView _data;
    private readonly CrossValidationOptions _options;
    private readonly TOptions _evaluation;
    private readonly UnscoredRows _rows;
    private readonly Folds _folds;
    private readonly int _seed;
    private readonly List<string> _warnings = [];

    private CrossValidator(
        CrossValidatedTask<TMetrics, TOptions> task, IDataView data, CrossValidationOptions options, TOptions evaluation, int seed)
    {
        (_task, _data, _options, _evaluation, _seed) = (task, data, options, evaluation, seed);
        var strata = options.Stratify ? StratifyBy() : null;
        var id = evaluation.IdColumnName ?? options.IdColumnName;
        var areAnswers = task.Kind == TaskKind.MultiLabel;
        _rows = UnscoredRows.Read(data, options.GroupColumnName, id, strata, areAnswers, options.CancellationToken);
        _folds = new(_rows, options.NumberOfFolds, options.Repeats, seed);
    }

    /// <summary>Cross-validates models, each with a name and a function that makes its estimator.</summary>
    public static CrossValidation<TMetrics> Run(
        IHostEnvironment env,
        CrossValidatedTask<TMetrics, TOptions> task,
        IDataView data,
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        CrossValidationOptions options,
        TOptions evaluation)
    {
        options.Check([.. estimators.Keys], fewest: 1);
        options.CheckFolds();
        evaluation.Check();
        using HostCancellation cancellation = new(env, options.CancellationToken);
        options = (CrossValidationOptions)options.Copy();
        options.CancellationToken = cancellation.Token;
        var limited = (TOptions)evaluation.Until(cancellation.Token);
        CrossValidator<TMetrics, TOptions> validator = new(task, data, options, limited, ModelComparer.SeedOf(env, options));
        FoldFits fits = new(env, validator.Pick, validator._folds, options, validator._seed);
        var fitted = fits.Run(
            estimators, validator.HeldOutWhole, (part, scored) => validator.Read(scored, validator._folds.HeldOut(part).Length));
        var result = validator.Evaluate([.. estimators.Keys], fitted);
        EvaluationWarnings.Send(env, result.Warnings);
        return result;
    }

    private string? StratifyBy()
    {
        if (_options.StratifyColumnName is { } name)
            return name;
        var label = _evaluation.LabelColumnName;
        if (_data.Schema.GetColumnOrNull(label) is { } column && UnscoredRows.CanStratifyBy(column.Type))
            return label;
        _warnings.Add($"The folds are not stratified: before the estimators the data have no column {Throw.Quoted(label)} to tell the "
            + "rows by. Name one that they have in StratifyColumnName, or map the label first.");
        return null;
    }

    private RowSubset Pick(int[] rows) => new(_data, rows, _rows.Fingerprints, _options.CancellationToken);

    private FoldForecasts Read(IDataView scored, int rows)
    {
        using var read = _task.Read(scored, _evaluation.Columns with { Id = null });
        return FoldForecasts.Read(read, rows);
    }

    /// <summary>The strata of which a part holds out every row.</summary>
    private string[] HeldOutWhole(int part)
    {
        if (!_rows.IsStratified)
            return [];
        var trained = _folds.Training(part).SelectMany(row => _rows.Strata[row]).ToHashSet();
        return [.. _rows.StratumNames.Where((name, s) => name is not null && !trained.Contains(s)).Select(name => name!)];
    }

    private CrossValidation<TMetrics> Evaluate(string[] names, FoldFit[][] fits)
    {
        _warnings.AddRange(ComparisonWarnings.OfGroups(_rows.Groups?.OfType<string>().Distinct().Count()));
        WarnOfHeldOutClasses();
        var evaluation = (TOptions)_evaluation.ForForecasts();
        evaluation.IdColumnName ??= _options.IdColumnName;
        var comparison = _options.Copy();
        comparison.IdColumnName = evaluation.IdColumnName;
        Dictionary<string, IDataView> forecasts = [];
        foreach ((var name, var ofModel) in names.Zip(fits))
        {
            Resolve(ofModel);
            OutOfFold outOfFold = new(_folds, [.. ofModel.Select(f => f.Forecasts)], _task.Kind, _task.AreLogits(_evaluation));
            WarnOfUnknownClasses(name, outOfFold.UnknownToTheirFold);
            forecasts.Add(name, outOfFold.ToView(evaluation, comparison, _rows));
        }
        return new()
        {
            Models = [.. names.Select((name, m) => ToModel(name, forecasts[name], evaluation, comparison) with
            {
                Transformers = _options.KeepModels ? [.. fits[m].Select(f => f.Transformer)] : [],
            })],
            Comparison = names.Length == 1 ? null : Compare(forecasts, Enumerable.Range(0, _folds.Parts), evaluation, comparison),
            NumberOfFolds = _folds.Count,
            Repeats = _folds.Repeats,
            Seed = _seed,
            Warnings = _warnings,
        };
    }

    private CrossValidatedModel<TMetrics> ToModel(string name, IDataView forecasts, TOptions evaluation, ComparisonOptions comparison)
    {
        var alone = comparison.WithoutRows();
        alone.Baseline = null;
        Dictionary<string, IDataView> scored = new() { [name] = forecasts };
        // Its warnings would be told once a fold.
        MLContext silent = new();
        var parts = Enumerable.Range(0, _folds.Parts).ToArray();
        return new(Compare(scored, parts, evaluation, alone).Models[0])
        {
            Repeats = [.. parts.Chunk(_folds.Count).Select((ofRepeat, repeat) => Evaluate(ofRepeat, _folds.OfRepeat(repeat)))],
            Folds = [.. parts.Select(part => _task.Evaluate(silent, new RowSubset(forecasts, _folds.Positions(part)), evaluation))],
            Forecasts = forecasts,
        };

        TMetrics Evaluate(int[] ofRepeat, int[] positions)
        {
            var metrics = _task.Evaluate(silent, new RowSubset(forecasts, positions), evaluation);
            var model = Compare(scored, ofRepeat, evaluation, alone).Models[0];
            (metrics.LogLossStandardError, metrics.LogLossInterval) = (model.LogLossStandardError, model.LogLossInterval);
            return metrics;
        }
    }

    private CrossEntropyComparison Compare(
        Dictionary<string, IDataView> forecasts, IEnumerable<int> parts, TOptions evaluation, ComparisonOptions options)
    {
        ScoredPart[] scored =
        [
            .. parts.Select(part => new ScoredPart(
                forecasts.ToDictionary(f => f.Key, f => (IDataView)new RowSubset(f.Value, _folds.Positions(part))), _folds.HeldOut(part))),
        ];
        return ModelComparer.Compare(scored, options, evaluation, _task.Open, _seed, testToTrainRatio: 1.0 / (_folds.Count - 1));
    }

    /// <summary>
    /// A label that an estimator maps to a key with the training rows of its fold is missing where no such row has its class, and a text
    /// may be of no class of the model. The other folds, whose training rows include this row, know better.
    /// </summary>
    private void Resolve(FoldFit[] fits)
    {
        for (var part = 0; part < fits.Length; part++)
        {
            var forecasts = fits[part].Forecasts;
            var ofRepeat = fits.Chunk(_folds.Count).ElementAt(part / _folds.Count);
            foreach (var other in ofRepeat.Where(other => other != fits[part] && other.Forecasts.Names is not null))
            {
                int[] unresolved = [.. forecasts.Unresolved];
                if (unresolved.Length == 0)
                    break;
                var rows = Pick([.. unresolved.Select(i => _folds.HeldOut(part)[i])]);
                var seen = Read(other.Transformer.Transform(rows), unresolved.Length);
                for (var i = 0; i < unresolved.Length; i++)
                {
                    if (seen.Labels[i] >= 0)
                        forecasts.OtherLabels[unresolved[i]] = seen.Names![seen.Labels[i]];
                }
            }
        }
    }

    private void WarnOfHeldOutClasses()
    {
        for (var part = 0; part < _folds.Parts; part++)
        {
            if (HeldOutWhole(part) is { Length: > 0 } classes)
                _warnings.Add($"In {_folds.Name(part)} no training row is of the classes {Numerics.Throw.Listed(classes)}, since the fold "
                    + "holds out all of them: what its models give these classes they have not learned.");
        }
    }

    private void WarnOfUnknownClasses(string model, Dictionary<string, int> unknown)
    {
        if (unknown.Count > 0)
            _warnings.Add($"{unknown.Values.Sum()} forecasts of {Throw.Quoted(model)} are of a class that the fold's model does not know "
                + $"({Numerics.Throw.Listed([.. unknown.Keys])}): it counts as given probability 0, which makes the log-loss infinite. "
                + "Stratify, or map the label to a key before the cross-validation.");
    }
}
