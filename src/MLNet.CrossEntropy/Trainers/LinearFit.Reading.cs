using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Trainers;

// Which rows are fitted and which are judged, and where they come from.
internal sealed partial class LinearFit
{
    private Fitted FitCached(Source source, LossOfRows lossOf, int outputs)
    {
        TrainingRows read = TrainingRows.Read(source.Data, source.Columns, source.Split, cancellation: _options.CancellationToken);
        var loss = lossOf(read.Blocks, source.Channel);
        var judged = read.HeldOut ?? ReadValidation(source);
        var plan = Plan(source, read.Tally, judged?.Tally, loss, outputs);
        return new Fitted(read.Tally, judged?.Tally, plan, LinearSolver.Fit(read.Blocks, judged?.Blocks, plan));
    }

    private Fitted FitStreamed(Source source, LossOfRows lossOf, int outputs)
    {
        var stream = new TrainingRowStream(source.Data, source.Columns, split: source.Split, cancellation: _options.CancellationToken);
        var loss = lossOf(stream.Chunks().SelectMany(blocks => blocks), source.Channel);
        RowSummary summary = RowSummary.Of(new RowChunks(stream), loss, outputs);
        var judged = stream.HeldOut ?? ReadValidation(source);
        var plan = Plan(source, stream.Tally!, judged?.Tally, loss, outputs);
        return new Fitted(stream.Tally!, judged?.Tally, plan, LinearSolver.Fit(stream, summary, judged?.Blocks, plan));
    }

    private TrainingRows? ReadValidation(Source source) => source.Validation is { } validation
        ? TrainingRows.Read(validation, source.Columns.Matching(validation.Schema), what: "validation", cancellation: _options.CancellationToken)
        : null;

    private static void WarnOfUnused(IChannel channel, string what, TrainingRowTally rows)
    {
        if (rows.Counts.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.Schema,
                $"Of {rows.Counts.Seen} {what} rows, these were not used: {rows.Counts.DescribeUnused()}. The first: {rows.FirstSkipped} (counted from 0).");
        }
    }

    /// <summary>Where a fit's rows come from.</summary>
    private sealed record Source(IDataView Data, TrainingColumns Columns, IDataView? Validation, ValidationSplit? Split, InitialModel.Start? Start, IChannel Channel);

    /// <summary>A fit, and what became of the rows.</summary>
    private sealed record Fitted(TrainingRowTally Rows, TrainingRowTally? ValidationRows, FitPlan Plan, FittedLinearModel Result)
    {
        /// <summary>What became of the validation rows, those without a training row of their class counted as unknown.</summary>
        public TrainingRowCounts? ValidationCounts => ValidationRows?.Counts is { } counts
            ? counts with { Used = counts.Used - Result.Start.UnknownValidationRows, UnknownLabel = counts.UnknownLabel + Result.Start.UnknownValidationRows }
            : null;
    }
}
