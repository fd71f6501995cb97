using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>The loss of a fit, which may depend on its rows.</summary>
/// <param name="rows">The training rows; to go through them is to read them, where they are not kept in memory.</param>
/// <param name="channel">Where warnings go.</param>
internal delegate LogitLoss LossOfRows(IEnumerable<RowBlock> rows, IChannel channel);

/// <summary>What every trainer's Fit does between checking its columns and making its model: read the rows, fit, report.</summary>
/// <remarks>It holds no state of a fit, so that a trainer can fit on several threads at once.</remarks>
internal sealed class LinearFit
{
    // From here on, memory is a matter for those who run the fit, not only for those who trace it.
    private const long WorthTelling = 64L << 20;

    // So many features with values far out are named.
    private const int MostNamed = 3;

    private readonly IHost _host;
    private readonly CrossEntropyTrainerOptions _options;
    private readonly int _seed;

    public LinearFit(IHost host, CrossEntropyTrainerOptions options)
    {
        _host = host;
        _options = options;
        _seed = options.Seed ?? host.Rand.Next();
    }

    /// <summary>Fits <paramref name="outputs"/> logits <c>z = W x + b</c> to the rows of <paramref name="input"/>.</summary>
    /// <param name="input">The training data.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="lossOf">The loss of a row, which may depend on all of them.</param>
    /// <param name="outputs">The number of logits.</param>
    /// <param name="validation">Data that is only evaluated; null for none, or for rows held out from <paramref name="input"/>.</param>
    /// <param name="start">Where to begin; null begins with weights of 0.</param>
    public (FittedLinearModel Fitted, TrainingReport Report) Run(
        IDataView input,
        TrainingColumns columns,
        LossOfRows lossOf,
        int outputs,
        IDataView? validation = null,
        InitialModel.Start? start = null)
    {
        // Kernels pad a row of weights to whole slices, and there is a bias for each.
        var weights = outputs * (columns.FeatureCount + (long)LinearWeights.SliceFeatures);
        if (weights > Array.MaxLength)
            throw TrainingErrors.TooManyWeights(outputs, columns.FeatureCount, (long)outputs * columns.FeatureCount, Array.MaxLength);
        _options.CheckValidation(isGiven: validation is not null);
        using var channel = _host.Start("Training");
        var split = _options.ValidationFraction > 0 ? new ValidationSplit(_options.ValidationFraction, _seed) : null;
        var source = new Source(input, columns, validation, split, start, channel);
        var fit = _options.Cache ? FitCached(source, lossOf, outputs) : FitStreamed(source, lossOf, outputs);
        var fitted = fit.Result;
        if (fitted.Warning is { } warning)
            channel.Warning(MessageSensitivity.None, warning);
        if (fitted.Certificate is { IsMeasured: true } certificate && !double.IsFinite(certificate.GradientNorm))
        {
            channel.Warning(MessageSensitivity.None, "The gradient of the objective is larger than a float can hold, so that nothing tells "
                + "how near the optimum the model is. Normalise the features, for example with NormalizeMeanVariance.");
        }
        var report = new TrainingReport
        {
            Rows = fit.Rows.Counts,
            ValidationRows = fit.ValidationCounts,
            TotalSteps = fitted.TotalSteps,
            SettledRate = fitted.SettledRate,
            Loss = _options.Loss,
            L2Regularization = fitted.Start.Plan.L2,
            Seed = _seed,
            History = fitted.History,
            BestEpoch = fitted.BestEpoch,
            ResumedFromStep = fitted.ResumedFrom > 0 ? fitted.ResumedFrom : null,
            EstimatedMemoryBytes = fitted.Start.MemoryBytes,
            StopReason = fitted.StopReason,
            Certificate = fitted.Certificate,
            Warnings = [.. new[] { DescribeFarOut(fitted.Start.FarOutFeatures, columns.Features) }.OfType<string>()],
        };
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Trained on {fit.Rows.Counts.Used} rows: {DescribeCertificate(fitted.Certificate)}; ended by "
                + $"{fitted.StopReason}{DescribeBest(fitted)}."));
        return (fitted, report);
    }

    private Fitted FitCached(Source source, LossOfRows lossOf, int outputs)
    {
        TrainingRows read = TrainingRows.Read(source.Data, source.Columns, source.Split, cancellation: _options.CancellationToken);
        var loss = lossOf(read.Blocks, source.Channel);
        var heldOut = (read.HeldOut ?? ReadValidation(source))?.Around(read.Centre);
        var plan = Plan(source, read.Tally, heldOut?.Tally, loss, outputs, read.Centre);
        return Fitted.Of(read.Tally, heldOut?.Tally, LinearSolver.Fit(read.Blocks, heldOut?.Blocks, plan), read.Centre);
    }

    private Fitted FitStreamed(Source source, LossOfRows lossOf, int outputs)
    {
        var stream = new TrainingRowStream(source.Data, source.Columns, split: source.Split, cancellation: _options.CancellationToken);
        var loss = lossOf(stream.Chunks().SelectMany(blocks => blocks), source.Channel);
        RowSummary summary = RowSummary.Of(new RowChunks(stream), loss, outputs);
        var heldOut = (stream.HeldOut ?? ReadValidation(source))?.Around(stream.Centre);
        var plan = Plan(source, stream.Tally!, heldOut?.Tally, loss, outputs, stream.Centre);
        return Fitted.Of(stream.Tally!, heldOut?.Tally, LinearSolver.Fit(stream, summary, heldOut?.Blocks, plan), stream.Centre);
    }

    private TrainingRows? ReadValidation(Source source) => source.Validation is { } validation
        ? TrainingRows.Read(validation, source.Columns.Matching(validation.Schema), what: "validation",
            cancellation: _options.CancellationToken)
        : null;

    private static void WarnOfUnused(IChannel channel, string what, TrainingRowTally rows)
    {
        if (rows.Counts.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.Schema,
                $"Of {rows.Counts.Seen} {what} rows, these were not used: {rows.Counts.DescribeUnused()}. The first: "
                    + $"{rows.FirstSkipped} (counted from 0).");
        }
    }

    /// <summary>
    /// Warns of rows that are not used before the long work begins, then turns the trainer's options into the fit's plan.
    /// </summary>
    private FitPlan Plan(
        Source source, TrainingRowTally rows, TrainingRowTally? heldOut, LogitLoss loss, int outputs, float[]? centre)
    {
        var channel = source.Channel;
        WarnOfUnused(channel, "training", rows);
        if (heldOut is not null)
            WarnOfUnused(channel, "validation", heldOut);
        return _options.Plan(loss, outputs) with
        {
            L2 = _options.L2Regularization ?? 1 / rows.WeightSum,
            Seed = _seed,
            NameFeature = feature => AnnotationNames.OfFeature(source.Columns.Features, feature),
            InitialWeights = source.Start?.Weights,
            InitialBiases = source.Start is { } start ? RowBlock.BiasesAround(start.Weights, start.Biases, from: null, centre) : null,
            StepsBefore = source.Start?.Steps,
            SettledRate = source.Start?.SettledRate,
            Checkpoint = _options.Checkpoint(warning => channel.Warning(MessageSensitivity.None, warning)),
            OnBegin = fit => Begin(source, fit),
            OnEpoch = epoch => Report(channel, epoch),
        };
    }

    private static void Begin(Source source, FitStart fit)
    {
        var channel = source.Channel;
        var plan = string.Create(
            CultureInfo.InvariantCulture,
            $"Fitting by {fit.Plan.Solver}: at most {fit.Plan.Epochs} epochs of {fit.Plan.StepsPerEpoch} steps of "
                + $"{fit.Plan.BatchSize} rows, in about {fit.MemoryBytes / 1e6:F1} MB of memory.");
        if (fit.MemoryBytes >= WorthTelling)
            channel.Info(MessageSensitivity.None, plan);
        else
            channel.Trace(MessageSensitivity.None, plan);
        if (fit.UnknownValidationRows > 0)
        {
            channel.Warning(MessageSensitivity.None,
                $"{fit.UnknownValidationRows} validation rows have a class that no training row has; they are not evaluated.");
        }

        if (DescribeFarOut(fit.FarOutFeatures, source.Columns.Features) is { } farOut)
            channel.Warning(MessageSensitivity.Schema, farOut);
    }

    /// <summary>Which features have values absurdly far out; null when none has.</summary>
    private static string? DescribeFarOut(IReadOnlyList<FarOutFeature> features, DataViewSchema.Column column)
    {
        if (features.Count == 0)
            return null;
        var named = features.Take(MostNamed).Select(far => string.Create(
            CultureInfo.InvariantCulture,
            $"feature {AnnotationNames.OfFeature(column, far.Feature)} has one {far.Distance:N0} standard deviations from its mean"));
        var others = features.Count > MostNamed ? $", {features.Count - MostNamed} other features have some, too" : "";
        return $"Values absurdly far from all others: {string.Join(", ", named)}{others}. They decide what weight the feature gets; "
            + "consider its logarithm, clipping, or leaving such rows out.";
    }

    private void Report(IChannel channel, EpochReport epoch)
    {
        var validation = epoch.ValidationLoss is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", validation loss {epoch.ValidationLoss:F6} +- {epoch.ValidationStandardError:G2}");

        // Who waits less than a second need not be told.
        var left = epoch.TimeLeft.TotalSeconds < 1
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", at most {epoch.TimeLeft.TotalSeconds:F0} s left");
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Epoch} of {epoch.MaximumEpochs}: loss "
                + $"{epoch.TrainingLoss:F6}{(_options.Loss == TrainingLoss.CrossEntropy ? " nats" : "")}{validation}, objective "
                + $"{epoch.Objective:F6}, learning rate {epoch.LearningRate:G4}, {epoch.Elapsed.TotalSeconds:F1} s{left}"));
        _options.Progress?.Report(epoch);
    }

    private static string DescribeCertificate(OptimalityCertificate certificate) => !certificate.IsMeasured
        ? "loss not measured"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"loss {certificate.DataTerm:F6} nats, objective {certificate.Objective:F6}, gradient norm {certificate.GradientNorm:G3}");

    private static string DescribeBest(FittedLinearModel fitted) =>
        fitted.BestEpoch is { } best ? $"; lowest validation loss in epoch {best}" : "";

    /// <summary>Where a fit's rows come from.</summary>
    private sealed record Source(IDataView Data, TrainingColumns Columns, IDataView? Validation, ValidationSplit? Split,
        InitialModel.Start? Start, IChannel Channel);

    /// <summary>A fit, and what became of the rows.</summary>
    private sealed record Fitted(TrainingRowTally Rows, TrainingRowTally? ValidationRows, FittedLinearModel Result)
    {
        /// <summary>Of a model of rows around a centre, the model of rows as they came.</summary>
        public static Fitted Of(TrainingRowTally rows, TrainingRowTally? validationRows, FittedLinearModel result, float[]? centre) =>
            new(rows, validationRows, result with { Biases = RowBlock.BiasesAround(result.Weights, result.Biases, centre, to: null) });

        /// <summary>What became of the validation rows, those without a training row of their class counted as unknown.</summary>
        public TrainingRowCounts? ValidationCounts => ValidationRows?.Counts is { } counts
            ? counts with { Used = counts.Used - Unknown, UnknownLabel = counts.UnknownLabel + Unknown }
            : null;

        private long Unknown => Result.Start.UnknownValidationRows;
    }
}
