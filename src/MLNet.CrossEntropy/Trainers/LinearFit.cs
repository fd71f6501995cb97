using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>What every trainer's Fit does between checking its columns and making its model: read the rows, run SGD, report.</summary>
/// <remarks>It holds no state of a fit, so that a trainer can fit on several threads at once.</remarks>
internal sealed class LinearFit
{
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
    public (SgdResult Fitted, TrainingReport Report) Run(IDataView input, TrainingColumns columns, LogitLoss loss, int outputs)
    {
        using IChannel channel = _host.Start("Training");
        TrainingRows rows = TrainingRows.Read(input, columns);
        if (rows.Counts.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.Schema,
                $"Of {rows.Counts.Seen} training rows, these were not used: {rows.Counts.DescribeUnused()}. The first: {rows.FirstSkipped} (counted from 0).");
        }

        SgdOptions sgd = Plan(rows, loss, outputs) with { OnEpoch = epoch => Report(channel, epoch) };
        SgdResult fitted = SgdLoop.Fit(rows.Blocks, validation: null, sgd);
        var report = new TrainingReport
        {
            Rows = rows.Counts,
            L2Regularization = sgd.L2,
            Seed = _seed,
            History = fitted.History,
            StopReason = fitted.StopReason,
            Certificate = fitted.Certificate,
        };
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Trained on {rows.Counts.Used} rows: loss {fitted.Certificate.DataTerm:F6} nats, objective {fitted.Certificate.Objective:F6}, gradient norm {fitted.Certificate.GradientNorm:G3}; ended by {fitted.StopReason}."));
        return (fitted, report);
    }

    private SgdOptions Plan(TrainingRows rows, LogitLoss loss, int outputs) => new()
    {
        Loss = loss,
        Outputs = outputs,
        Method = _options.Method,
        Epochs = _options.NumberOfEpochs,
        BatchSize = _options.BatchSize,
        LearningRate = _options.LearningRate,
        L2 = _options.L2Regularization ?? 1 / rows.WeightSum,
        L1 = _options.L1Regularization,
        Momentum = _options.Momentum,
        Standardization = _options.Standardization,
        Shuffle = _options.Shuffle,
        Seed = _seed,
        Threads = _options.NumberOfThreads ?? Environment.ProcessorCount,
        Tolerance = _options.OptimizationTolerance,
        GradientTolerance = _options.GradientTolerance,
    };

    private void Report(IChannel channel, EpochReport epoch)
    {
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Epoch} of {epoch.MaximumEpochs}: loss {epoch.TrainingLoss:F6} nats, objective {epoch.Objective:F6}, learning rate {epoch.LearningRate:G4}, {epoch.Elapsed.TotalSeconds:F1} s"));
        _options.Progress?.Report(epoch);
    }
}
