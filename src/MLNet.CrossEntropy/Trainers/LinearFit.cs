using System.Globalization;
using MLNet.CrossEntropy.Losses;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>What every trainer's Fit does between checking its columns and making its model: read the rows, fit, report.</summary>
/// <remarks>It holds no state of a fit, so that a trainer can fit on several threads at once.</remarks>
internal sealed partial class LinearFit
{
    // From here on, memory is a matter for those who run the fit, not only for those who trace it.
    private const long WorthTelling = 64L << 20;

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
    /// <param name="validation">Data that is only judged; null for none, or for rows held out from <paramref name="input"/>.</param>
    /// <param name="start">Where to begin; null begins with weights of 0.</param>
    public (FittedLinearModel Fitted, TrainingReport Report) Run(IDataView input, TrainingColumns columns, LossOfRows lossOf, int outputs, IDataView? validation = null, InitialModel.Start? start = null)
    {
        var weights = (long)outputs * columns.FeatureCount;
        if (weights > Array.MaxLength)
            throw TrainingErrors.TooManyWeights(outputs, columns.FeatureCount, weights, Array.MaxLength);
        _options.CheckValidation(isGiven: validation is not null);
        using var channel = _host.Start("Training");
        var split = _options.ValidationFraction > 0 ? new ValidationSplit(_options.ValidationFraction, _seed) : null;
        var source = new Source(input, columns, validation, split, start, channel);
        var fit = _options.Cache ? FitCached(source, lossOf, outputs) : FitStreamed(source, lossOf, outputs);
        var fitted = fit.Result;
        var report = new TrainingReport
        {
            Rows = fit.Rows.Counts,
            ValidationRows = fit.ValidationCounts,
            TotalSteps = fitted.TotalSteps,
            SettledRate = fitted.SettledRate,
            Loss = _options.Loss,
            L2Regularization = fit.Plan.L2,
            Seed = _seed,
            History = fitted.History,
            BestEpoch = fitted.BestEpoch,
            ResumedFromStep = fitted.ResumedFrom > 0 ? fitted.ResumedFrom : null,
            EstimatedMemoryBytes = fitted.Start.MemoryBytes,
            StopReason = fitted.StopReason,
            Certificate = fitted.Certificate,
        };
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Trained on {fit.Rows.Counts.Used} rows: {DescribeCertificate(fitted.Certificate)}; ended by {fitted.StopReason}{DescribeBest(fitted)}."));
        return (fitted, report);
    }

    /// <summary>Warns of rows that are not used before the long work begins, then turns the trainer's options into the fit's plan.</summary>
    private FitPlan Plan(Source source, TrainingRowTally rows, TrainingRowTally? judged, LogitLoss loss, int outputs)
    {
        var channel = source.Channel;
        WarnOfUnused(channel, "training", rows);
        if (judged is not null)
            WarnOfUnused(channel, "validation", judged);
        return new FitPlan
        {
            Loss = loss,
            Outputs = outputs,
            Solver = _options.Solver,
            Epochs = _options.NumberOfEpochs ?? 0,
            BatchSize = _options.BatchSize ?? 0,
            LearningRate = _options.LearningRate,
            L2 = _options.L2Regularization ?? 1 / rows.WeightSum,
            L1 = _options.L1Regularization,
            InitialWeights = source.Start?.Weights,
            InitialBiases = source.Start?.Biases,
            StepsBefore = source.Start?.Steps,
            SettledRate = _options.LearningRate is null && _options.Schedule is null ? source.Start?.SettledRate : null,
            Optimizer = _options.Optimizer,
            Schedule = _options.Schedule,
            Standardization = _options.Standardization,
            Seed = _seed,
            Threads = _options.NumberOfThreads ?? Environment.ProcessorCount,
            Tolerance = _options.Tolerance,
            Patience = _options.Patience ?? CrossEntropyTrainerOptions.Defaults.Patience,
            Cancellation = _options.CancellationToken,
            OnCancellation = _options.OnCancellation,
            Checkpoint = _options.Checkpoint(warning => channel.Warning(MessageSensitivity.None, warning)),
            OnBegin = start => Begin(channel, start),
            OnEpoch = epoch => Report(channel, epoch),
        };
    }

    private static void Begin(IChannel channel, FitStart fit)
    {
        var plan = string.Create(
            CultureInfo.InvariantCulture,
            $"Fitting by {fit.Plan.Solver}: at most {fit.Plan.Epochs} epochs of {fit.Plan.StepsPerEpoch} steps of {fit.Plan.BatchSize} rows, in about {fit.MemoryBytes / 1e6:F1} MB of memory.");
        if (fit.MemoryBytes >= WorthTelling)
            channel.Info(MessageSensitivity.None, plan);
        else
            channel.Trace(MessageSensitivity.None, plan);
        if (fit.UnknownValidationRows > 0)
        {
            channel.Warning(MessageSensitivity.None,
                $"{fit.UnknownValidationRows} validation rows have a class that no training row has; they are not judged.");
        }
    }

    private void Report(IChannel channel, EpochReport epoch)
    {
        var validation = epoch.ValidationLoss is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", validation loss {epoch.ValidationLoss:F6} +- {epoch.ValidationStandardError:G2}");

        // Who waits less than a second need not be told.
        var left = epoch.TimeLeft.TotalSeconds < 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", at most {epoch.TimeLeft.TotalSeconds:F0} s left");
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Epoch} of {epoch.MaximumEpochs}: loss {epoch.TrainingLoss:F6}{(_options.Loss == TrainingLoss.CrossEntropy ? " nats" : "")}{validation}, objective {epoch.Objective:F6}, learning rate {epoch.LearningRate:G4}, {epoch.Elapsed.TotalSeconds:F1} s{left}"));
        _options.Progress?.Report(epoch);
    }

    private static string DescribeCertificate(OptimalityCertificate certificate) => !certificate.IsMeasured ? "loss not measured" : string.Create(
        CultureInfo.InvariantCulture,
        $"loss {certificate.DataTerm:F6} nats, objective {certificate.Objective:F6}, gradient norm {certificate.GradientNorm:G3}");

    private static string DescribeBest(FittedLinearModel fitted) => fitted.BestEpoch is { } best ? $"; lowest validation loss in epoch {best}" : "";
}
