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
        (TrainingRowTally rows, SgdOptions sgd, SgdResult fitted) = _options.Cache ? FitCached() : FitStreamed();
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

        (TrainingRowTally, SgdOptions, SgdResult) FitCached()
        {
            TrainingRows read = TrainingRows.Read(input, columns);
            SgdOptions plan = Plan(channel, read.Tally, loss, outputs);
            return (read.Tally, plan, SgdLoop.Fit(read.Blocks, validation: null, plan));
        }

        (TrainingRowTally, SgdOptions, SgdResult) FitStreamed()
        {
            var stream = new TrainingRowStream(input, columns);
            RowSummary summary = RowSummary.Of(new RowChunks(stream), loss, outputs);
            SgdOptions plan = Plan(channel, stream.Tally!, loss, outputs);
            return (stream.Tally!, plan, SgdLoop.Fit(stream, summary, validation: null, plan));
        }
    }

    /// <summary>Warns of rows that are not used before the long work begins, then turns the trainer's options into the loop's.</summary>
    private SgdOptions Plan(IChannel channel, TrainingRowTally rows, LogitLoss loss, int outputs)
    {
        if (rows.Counts.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.Schema,
                $"Of {rows.Counts.Seen} training rows, these were not used: {rows.Counts.DescribeUnused()}. The first: {rows.FirstSkipped} (counted from 0).");
        }

        return new SgdOptions
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
            Optimizer = _options.Optimizer,
            Schedule = _options.Schedule,
            Standardization = _options.Standardization,
            Shuffle = _options.Shuffle,
            Seed = _seed,
            Threads = _options.NumberOfThreads ?? Environment.ProcessorCount,
            Tolerance = _options.OptimizationTolerance,
            GradientTolerance = _options.GradientTolerance,
            OnEpoch = epoch => Report(channel, epoch),
        };
    }

    private void Report(IChannel channel, EpochReport epoch)
    {
        channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Epoch} of {epoch.MaximumEpochs}: loss {epoch.TrainingLoss:F6} nats, objective {epoch.Objective:F6}, learning rate {epoch.LearningRate:G4}, {epoch.Elapsed.TotalSeconds:F1} s"));
        _options.Progress?.Report(epoch);
    }
}
