using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Turns scored rows into losses, block by block: multiclass, binary and multi-label models each in their own way.
/// <see cref="EvaluationPipeline{TBlock}"/>
/// adds the blocks up to metrics; a comparison takes the losses row by row.
/// </summary>
internal abstract class Evaluator : IDisposable
{
    /// <summary>So many blocks, of 16,384 scores each, are looked at to find out what the scores are.</summary>
    protected const int BlocksThatTell = 16;

    /// <summary>Ends what is said of scores whose kind the caller leaves open.</summary>
    public const string FromFirstRows = " (found out from the first rows)";

    /// <summary>Takes over rows, looks at those to come if asked to, and reads the first block.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="vote">Whether a row of scores looks like logits (1), like probabilities (-1) or like either (0); null asks
    /// nobody.</param>
    protected Evaluator(ScoredRowReader rows, Func<ReadOnlySpan<float>, int>? vote = null)
    {
        Rows = rows;
        try
        {
            if (vote is not null)
                LookLikeLogits = rows.SumOfFirst(BlocksThatTell, vote) > 0;
            First = rows.NewBlock();
            if (rows.Shared is null)
                _ = rows.Read(First);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public ScoredRowReader Rows { get; }

    /// <summary>Whether more rows look like logits than look like probabilities; false where nobody asked.</summary>
    protected bool LookLikeLogits { get; }

    /// <summary>The first block of rows, already read; empty where there are no rows, or they wait for their turn.</summary>
    public ScoredBlock First { get; }

    /// <summary>What the losses are computed from: probabilities, logits, and how that was found out.</summary>
    public abstract string ScoresUsed { get; }

    /// <summary>Evaluates the next block of rows; what it returns holds until the call after this.</summary>
    public abstract EvaluatedBlock LossesOf(ScoredBlock rows);

    public void Dispose() => Rows.Dispose();

    /// <summary>Checks options, evaluates, all ranks of a cluster together, and sends what there is to warn of to ML.NET's log.</summary>
    /// <exception cref="OperationCanceledException">The MLContext was cancelled.</exception>
    protected static TMetrics Evaluate<TMetrics, TOptions>(IHostEnvironment env, TOptions options, Func<TOptions, TMetrics> evaluate)
        where TMetrics : LogLossMetrics
        where TOptions : EvaluationOptions
    {
        options.Check();
        using HostCancellation cancellation = new(env, options.Cancellation);
        var metrics = options.Cluster.Guard(() => evaluate((TOptions)options.Until(cancellation.Token)));
        EvaluationWarnings.Send(env, metrics.Warnings);
        return metrics;
    }
}

/// <inheritdoc/>
/// <typeparam name="TBlock">What a block of rows is evaluated to.</typeparam>
internal abstract class Evaluator<TBlock>(ScoredRowReader rows, Func<ReadOnlySpan<float>, int>? vote = null) : Evaluator(rows, vote)
    where TBlock : class
{
    private TBlock? _block;

    public abstract TBlock NewBlock();

    /// <summary>Evaluates each row by itself, on any thread: what it writes depends on <paramref name="rows"/> alone.</summary>
    /// <exception cref="InvalidOperationException">A row is bad and the caller does not tolerate it.</exception>
    public abstract void Evaluate(ScoredBlock rows, TBlock block);

    public sealed override EvaluatedBlock LossesOf(ScoredBlock rows)
    {
        _block ??= NewBlock();
        Evaluate(rows, _block);
        return LossesOf(rows, _block);
    }

    /// <summary>The rows and their losses, of a block that they were evaluated to.</summary>
    protected abstract EvaluatedBlock LossesOf(ScoredBlock rows, TBlock block);
}
