using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Softmax cross-entropy that cancels when it has fitted or judged so many rows.</summary>
internal sealed class CancellingLoss(CancellationTokenSource? source, int rows, int judgedRows = int.MaxValue) : LogitLoss
{
    private readonly SoftmaxCrossEntropyLoss _loss = new();
    private int _rows;
    private int _judgements;

    public override string Name => "cancelling";

    internal override LogitLoss LogLoss => new CancellingLoss(source, judgedRows - _judgements++ * CancellationTests.JudgedRows, int.MaxValue);

    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient)
    {
        if (Interlocked.Increment(ref _rows) == rows)
            source!.Cancel();
        return _loss.LossAndGradient(logits, target, gradient);
    }

    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) => _loss.LossAndGradient(logits, target, gradient);

    public override double TargetWeight(RowTarget target) => _loss.TargetWeight(target);
}
