using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace MLNet.CrossEntropy;

/// <summary>How a fit went: what was read, what each epoch did, why it ended and how good the model is on its training rows.</summary>
public sealed partial record TrainingReport
{
    // A fit's report lives as long as its model. Fit itself keeps no state, so that one trainer can fit on many threads.
    private static readonly ConditionalWeakTable<object, TrainingReport> Reports = [];

    /// <summary>What became of the rows of the training data.</summary>
    public required TrainingRowCounts Rows { get; init; }

    /// <summary>What became of the validation rows; null when there were none.</summary>
    public TrainingRowCounts? ValidationRows { get; init; }

    /// <summary>The epoch (from 1) of the lowest validation loss, whose model this is; null when none was judged.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The steps behind the model: those of this fit, and of the fits before it that it went on from.</summary>
    public long TotalSteps { get; init; }

    /// <summary>The learning rate at which SAGA settled, which a fit that goes on from the model does not exceed; null for another method.</summary>
    public double? SettledRate { get; init; }

    /// <summary>What was minimised: the unit of the epochs' training losses and objectives, which are in nats for cross-entropy.</summary>
    public TrainingLoss Loss { get; init; }

    /// <summary>The L2 penalty that was used.</summary>
    public required double L2Regularization { get; init; }

    /// <summary>The seed that was used: given as an option it repeats the fit exactly.</summary>
    public required int Seed { get; init; }

    /// <summary>One report for each epoch, in order.</summary>
    public required IReadOnlyList<EpochReport> History { get; init; }

    /// <summary>The steps that a checkpoint had already taken; null for a fit from the beginning.</summary>
    public long? ResumedFromStep { get; init; }

    /// <summary>About how many bytes of memory the fit needed, as estimated before it began; null in a report that does not say.</summary>
    public long? EstimatedMemoryBytes { get; init; }

    /// <summary>Why the fit ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>How good the model is on its training rows: objective, gradient norm, distance from the optimum.</summary>
    public required OptimalityCertificate Certificate { get; init; }

    /// <summary>
    /// The report of the fit that made <paramref name="transformer"/>, such as a pipeline's last transformer; null for a model
    /// that was loaded, or made by another trainer.
    /// </summary>
    public static TrainingReport? Of(IPredictionTransformer<object> transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return OfModel(transformer.Model);
    }

    internal static TrainingReport? OfModel(object model) => Reports.TryGetValue(model, out var report) ? report : null;

    /// <summary>
    /// The report of the last fit in <paramref name="chain"/>, a fitted pipeline or what a multi-label trainer returns; null
    /// where there is none.
    /// </summary>
    public static TrainingReport? Of(IEnumerable<ITransformer> chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Reverse().Select(transformer => transformer switch
        {
            IPredictionTransformer<object> prediction => Of(prediction),
            IEnumerable<ITransformer> inner => Of(inner),
            _ => null,
        }).FirstOrDefault(report => report is not null);
    }

    internal void Describes(object model) => Reports.Add(model, this);
}
