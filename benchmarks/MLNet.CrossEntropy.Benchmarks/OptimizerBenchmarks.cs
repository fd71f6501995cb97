using BenchmarkDotNet.Attributes;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>One step of each optimizer on the parameters of a 784 x 10 softmax.</summary>
[InProcess]
[MemoryDiagnoser]
public class OptimizerBenchmarks
{
    private const int Parameters = 785 * 10;

    private readonly float[] _parameters = new float[Parameters];
    private readonly float[] _gradient = new float[Parameters];
    private Optimizer _rule = null!;
    private SliceStep<float> _step = null!;
    private OptimizerState<float> _state = null!;

    [ParamsSource(nameof(Names))]
    public string Rule { get; set; } = "";

    public static IEnumerable<string> Names => Rules.Select(rule => rule.Name);

    private static IEnumerable<Optimizer> Rules =>
    [
        new Sgd(), new Sgd { Momentum = 0.9 }, new Sgd { Momentum = 0.9, Nesterov = true }, new AdaGrad(),
        new RmsProp(), new Adam(), new AdamW(),
    ];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Parameters; i++)
            _gradient[i] = random.NextSingle() - 0.5f;
        _rule = Rules.Single(rule => rule.Name == Rule);
        _step = _rule.BindStep<float>();
        _state = _rule.CreateState<float>(Parameters);
    }

    [Benchmark]
    public void Step()
    {
        _step(_parameters, _gradient, _state, 0, 1e-6);
        _state.Steps++;
    }
}
