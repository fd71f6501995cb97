using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Softmax cross-entropy during which somebody looks at what there is, row by row.</summary>
internal sealed class LookingLoss(Action look) : LogitLoss
{
    private readonly SoftmaxCrossEntropyLoss _loss = new();

    public override string Name => "looking";

    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient)
    {
        look();
        return _loss.LossAndGradient(logits, target, gradient);
    }

    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        _loss.LossAndGradient(logits, target, gradient);

    public override double TargetWeight(RowTarget target) => _loss.TargetWeight(target);
}

/// <summary>Softmax cross-entropy that cancels when it has fitted or judged so many rows.</summary>
internal sealed class CancellingLoss(CancellationTokenSource? source, int rows, int judgedRows = int.MaxValue) : LogitLoss
{
    private readonly SoftmaxCrossEntropyLoss _loss = new();
    private int _rows;
    private int _judgements;

    public override string Name => "cancelling";

    internal override LogitLoss LogLoss =>
        new CancellingLoss(source, judgedRows - _judgements++ * CancellationTests.JudgedRows, int.MaxValue);

    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient)
    {
        if (Interlocked.Increment(ref _rows) == rows)
            source!.Cancel();
        return _loss.LossAndGradient(logits, target, gradient);
    }

    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        _loss.LossAndGradient(logits, target, gradient);

    public override double TargetWeight(RowTarget target) => _loss.TargetWeight(target);
}

/// <summary>Softmax cross-entropy that fails when it has fitted so many rows, as a machine may at any time.</summary>
internal sealed class CrashingLoss(int rows) : LogitLoss
{
    private readonly SoftmaxCrossEntropyLoss _loss = new(labelSmoothing: 0.05);
    private int _rows;

    public override string Name => "crashing softmax";

    internal override LogitLoss LogLoss => _loss.LogLoss;

    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        Interlocked.Increment(ref _rows) == rows ? throw new Crash() : _loss.LossAndGradient(logits, target, gradient);

    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        _loss.LossAndGradient(logits, target, gradient);

    public override double TargetWeight(RowTarget target) => _loss.TargetWeight(target);

    internal override bool HasCurvature => true;

    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms) =>
        _loss.CurvatureTerms(logits, target, terms);

    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction) => _loss.CurvatureProduct(terms, direction);

    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal) => _loss.CurvatureDiagonal(terms, diagonal);

    internal override void CurvaturePairs(ReadOnlySpan<float> terms, Span<float> pairs) => _loss.CurvaturePairs(terms, pairs);

    internal sealed class Crash : Exception;
}
