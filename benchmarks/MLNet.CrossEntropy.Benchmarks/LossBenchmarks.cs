using BenchmarkDotNet.Attributes;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Softmax cross-entropy and its gradient for 1,000 rows of logits.</summary>
[InProcess]
[MemoryDiagnoser]
public class LossBenchmarks
{
    private const int Rows = 1_000;

    private readonly SoftmaxCrossEntropyLoss _loss = new();
    private float[] _logits = [];
    private float[] _gradient = [];

    [Params(2, 10, 100, 1_000)]
    public int Classes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _logits = [.. Enumerable.Range(0, Rows * Classes).Select(_ => (random.NextSingle() - 0.5f) * 8)];
        _gradient = new float[Classes];
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public double LossAndGradient()
    {
        double sum = 0;
        for (var i = 0; i < Rows; i++)
            sum += _loss.LossAndGradient(_logits.AsSpan(i * Classes, Classes), RowTarget.Class(i % Classes), _gradient);
        return sum;
    }
}
