using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Turns scored rows into losses, block by block: multiclass, binary and multi-label models each in their own way.
/// <see cref="EvaluationPipeline{TBlock}"/>
/// adds the blocks up to metrics; a comparison takes the losses row by row.
/// </summary>
internal abstract class Evaluator : IDisposable
{
    /// <summary>Takes over rows and reads the first block of them.</summary>
    protected Evaluator(IScoredRows rows)
    {
        Rows = rows;
        try
        {
            First = rows.NewBlock();
            _ = rows.Read(First);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public IScoredRows Rows { get; }

    /// <summary>The first block of rows, already read; empty where there are no rows.</summary>
    public ScoredBlock First { get; }

    /// <summary>What the losses are computed from: probabilities, logits, and how that was found out.</summary>
    public abstract string ScoresUsed { get; }

    /// <summary>Evaluates the next block of rows; what it returns holds until the call after this.</summary>
    public abstract EvaluatedLosses LossesOf(ScoredBlock rows);

    public void Dispose() => Rows.Dispose();
}

/// <inheritdoc/>
/// <typeparam name="TBlock">What a block of rows is evaluated to.</typeparam>
internal abstract class Evaluator<TBlock>(IScoredRows rows) : Evaluator(rows)
    where TBlock : class
{
    private TBlock? _block;

    public abstract TBlock NewBlock();

    /// <summary>Evaluates each row by itself, on any thread: what it writes depends on <paramref name="rows"/> alone.</summary>
    /// <exception cref="InvalidOperationException">A row is bad and the caller does not tolerate it.</exception>
    public abstract void Evaluate(ScoredBlock rows, TBlock block);

    public sealed override EvaluatedLosses LossesOf(ScoredBlock rows)
    {
        _block ??= NewBlock();
        Evaluate(rows, _block);
        return LossesOf(_block);
    }

    protected abstract EvaluatedLosses LossesOf(TBlock block);
}

/// <summary>The losses of a block's good rows.</summary>
/// <param name="Rows">The good rows, and what became of the others.</param>
/// <param name="Losses">Their losses without a floor.</param>
/// <param name="ClippedLosses">The same with a floor under the probabilities.</param>
/// <param name="Hits">The share of each row that is predicted right.</param>
internal readonly record struct EvaluatedLosses(EvaluatedBlock Rows, double[] Losses, double[] ClippedLosses, double[] Hits);
