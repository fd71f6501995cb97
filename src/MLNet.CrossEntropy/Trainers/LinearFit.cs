using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>The loss of a fit, which may depend on its rows.</summary>
/// <param name="rows">The training rows; to go through them is to read them, where they are not kept in memory.</param>
/// <param name="channel">Where warnings go.</param>
/// <param name="shares">Of a cluster, the rows of all ranks.</param>
internal delegate LogitLoss LossOfRows(IEnumerable<RowBlock> rows, IChannel channel, RowShares? shares = null);

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

    private ICluster? Cluster => _options.Cluster;

    /// <summary>
    /// Runs a fit from its first look at the columns on, of a cluster with the other ranks: they must have been given the same options.
    /// </summary>
    public T Together<T>(Func<T> fit) => Cluster.Guard(() =>
    {
        Cluster?.Agree(_options.Lines());
        return fit();
    });

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
        if (_options.PullToInitialModel && start is null)
            throw TrainingErrors.NothingToPullTo();
        using var channel = _host.Start("Training");
        var seed = Cluster?.FirstOf(_seed) ?? _seed;
        Cluster?.Agree(Lines(columns, outputs, validation, start));
        var split = _options.ValidationFraction > 0
            ? new ValidationSplit(_options.ValidationFraction, seed, RowsBefore(input))
            : null;
        using var cancellation = new HostCancellation(_host, _options.CancellationToken);
        var source = new Source(input, columns, validation, split, start, channel, seed, cancellation.Token);
        var fit = Cluster is not null ? FitShares(Cluster, source, lossOf, outputs)
            : _options.Cache ? FitCached(source, lossOf, outputs) : FitStreamed(source, lossOf, outputs);
        var fitted = fit.Result;
        var warning = FitWarning.Of(fitted);
        if (warning is not null)
            channel.Warning(MessageSensitivity.None, warning);
        var report = new TrainingReport
        {
            Rows = fit.Rows.Counts,
            ValidationRows = fit.ValidationCounts,
            TotalSteps = fitted.TotalSteps,
            SettledRate = fitted.SettledRate,
            Loss = _options.Loss,
            L2Regularization = fitted.Start.Plan.L2,
            L1Regularization = fitted.Start.Plan.L1,
            PenaltyPath = fitted.Start.PenaltyPath is { Count: > 0 } path ? path : null,
            Seed = seed,
            History = fitted.History,
            BestEpoch = fitted.BestEpoch,
            ResumedFromStep = fitted.ResumedFrom > 0 ? fitted.ResumedFrom : null,
            EstimatedMemoryBytes = fitted.Start.MemoryBytes,
            StopReason = fitted.StopReason,
            Certificate = fitted.Certificate,
            Warnings = [.. new[] { DescribeFarOut(fitted.Start.FarOutFeatures, columns.Features), warning }.OfType<string>()],
        };
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Trained on {fit.Rows.Counts.Used} rows: {DescribeCertificate(fitted.Certificate)}; ended by "
                + $"{fitted.StopReason}{DescribeBest(fitted)}."));
        return (fitted, report);
    }

    private Fitted FitCached(Source source, LossOfRows lossOf, int outputs)
    {
        TrainingRows read = TrainingRows.Read(source.Data, source.Columns, source.Split, cancellation: source.Cancellation);
        var loss = lossOf(read.Blocks, source.Channel);
        var heldOut = (read.HeldOut ?? ReadValidation(source))?.Around(read.Centre);
        var plan = Plan(source, read.Tally, heldOut?.Tally, loss, outputs, read.Centre);
        return Fitted.Of(read.Tally, heldOut?.Tally, LinearSolver.Fit(read.Blocks, heldOut?.Blocks, plan), read.Centre);
    }

    /// <summary>The fit of a rank: rows are dealt out anew, then all that depends on them is one for all.</summary>
    private Fitted FitShares(ICluster cluster, Source source, LossOfRows lossOf, int outputs)
    {
        source = source with { Columns = source.Columns with { AreShare = true } };
        var (read, heldOut) = cluster.Together(() =>
        {
            var rows = TrainingRows.Read(source.Data, source.Columns, source.Split, cancellation: source.Cancellation);
            return (rows, rows.HeldOut ?? ReadValidation(source));
        });
        var (tally, heldTally) = (read.Tally.Among(cluster), heldOut?.Tally.Among(cluster, "validation"));
        using var shares = RowShares.Deal(cluster, read.Blocks, outputs, source.Cancellation);
        try
        {
            var loss = lossOf([], source.Channel, shares);
            var centre = shares.CentreRows();
            var plan = Plan(source, tally, heldTally, loss, outputs, centre);
            var result = LinearSolver.Fit(shares, heldOut?.Around(centre).Blocks, plan);
            return Fitted.Of(tally, heldTally, result, centre);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or OperationCanceledException
            or InvalidDataException)
        {
            // Made of what all ranks know: each of them meets it.
            ClusterMessages.Agreed(failure);
            throw;
        }
    }

    /// <summary>What of the data must be alike on all ranks.</summary>
    private static IEnumerable<string> Lines(TrainingColumns columns, int outputs, IDataView? validation, InitialModel.Start? start)
    {
        yield return $"Features: {columns.FeatureCount} in column {FitIdentity.Describe(columns.Features.Name)}";
        yield return $"Feature names: {FitIdentity.Describe(AnnotationNames.OfSlots(columns.Features, columns.FeatureCount))}";
        var label = FitIdentity.Describe(columns.Label.Column.Name);
        yield return $"Label: {label}, {(columns.Label.IsVector ? "a vector" : "a class")}, {outputs} outputs";
        yield return $"Classes: {FitIdentity.Describe(columns.Label.Classes.Names)}";
        yield return $"Validation data: {(validation is null ? "none" : "given")}";
        yield return $"Initial weights: {FitIdentity.Describe(start?.Weights)}";
        yield return $"Initial biases: {FitIdentity.Describe(start?.Biases)}";
    }

    /// <summary>How many rows the ranks before this one have; 0 without a cluster.</summary>
    private long RowsBefore(IDataView input)
    {
        if (Cluster is null)
            return 0;
        var rows = Cluster.Gather(Cluster.Together(() => TrainingRowReader.Count(input)));
        return rows.Take(Cluster.Rank).Sum();
    }

    private Fitted FitStreamed(Source source, LossOfRows lossOf, int outputs)
    {
        var stream = new TrainingRowStream(source.Data, source.Columns, split: source.Split, cancellation: source.Cancellation);
        var loss = lossOf(stream.Chunks().SelectMany(blocks => blocks), source.Channel);
        RowSummary summary = RowSummary.Of(new RowChunks(stream), loss, outputs);
        var heldOut = (stream.HeldOut ?? ReadValidation(source))?.Around(stream.Centre);
        var plan = Plan(source, stream.Tally!, heldOut?.Tally, loss, outputs, stream.Centre);
        return Fitted.Of(stream.Tally!, heldOut?.Tally, LinearSolver.Fit(stream, summary, heldOut?.Blocks, plan), stream.Centre);
    }

    private static TrainingRows? ReadValidation(Source source) => source.Validation is { } validation
        ? TrainingRows.Read(validation, source.Columns.Matching(validation.Schema), what: "validation",
            cancellation: source.Cancellation)
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
            Seed = source.Seed,
            Cancellation = source.Cancellation,
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

    private void Begin(Source source, FitStart fit)
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
        if (fit.OnlyClass is { } only && _options is not MultiLabelSigmoidCrossEntropyTrainer.Options)
        {
            var classes = source.Columns.Label.Classes;
            channel.Warning(MessageSensitivity.Schema,
                $"Every training row that weighs anything is of class {Throw.Quoted(classes.Names[only])}: the model will say so of every "
                    + $"row, and learns nothing of the other {classes.Count - 1}. Look at the label column "
                    + $"{Throw.Quoted(source.Columns.Label.Column.Name)}, and at what filters the rows before it.");
        }
        if (DescribePenalty(fit) is { } penalty)
            channel.Info(MessageSensitivity.None, penalty);
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

    /// <summary>How the penalty was chosen, and what it pulls to where that is not plain; null where there is nothing to tell.</summary>
    private static string? DescribePenalty(FitStart fit)
    {
        var (plan, path) = (fit.Plan, fit.PenaltyPath);
        var chosen = path.FirstOrDefault(trial => trial.IsChosen);
        var l1 = plan.L1 > 0 ? string.Create(CultureInfo.InvariantCulture, $", l1 = {plan.L1:G3}") : "";
        var choice = chosen is null ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Chosen of {path.Count} penalties: l2 = {plan.L2:G3} on the weights of "
                + $"{(chosen.IsOfScaledFeatures ? "scaled" : "raw")} features{l1}; held-out loss {chosen.HeldOutLoss:F4} "
                + $"+- {chosen.StandardError:G2} nats.");
        var pull = plan.InitialWeights is null ? null : plan.PullsToInitial
            ? "The penalty pulls the weights to the initial model's."
            : "The penalty pulls the weights to 0, away from the initial model's; PullToInitialModel makes it pull to those.";
        return choice is null && pull is null ? null : string.Join(" ", ((string?[])[choice, pull]).Where(part => part is not null));
    }

    private static string DescribeCertificate(OptimalityCertificate certificate)
    {
        if (!certificate.IsMeasured)
            return "loss not measured";
        var left = certificate.GapEstimate is { } gap
            ? string.Create(CultureInfo.InvariantCulture, $", about {gap:G2} above the least")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"loss {certificate.DataTerm:F6} nats, objective {certificate.Objective:F6}{left}, gradient norm "
                + $"{certificate.GradientNorm:G3}");
    }

    private static string DescribeBest(FittedLinearModel fitted) =>
        fitted.BestEpoch is { } best ? $"; lowest validation loss in epoch {best}" : "";

    /// <summary>Where a fit's rows come from.</summary>
    private sealed record Source(IDataView Data, TrainingColumns Columns, IDataView? Validation, ValidationSplit? Split,
        InitialModel.Start? Start, IChannel Channel, int Seed, CancellationToken Cancellation);

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
