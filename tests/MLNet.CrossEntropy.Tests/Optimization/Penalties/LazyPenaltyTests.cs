using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Tests.Optimization.Penalties;

/// <summary>The lazy penalties, which touch only a row's non-zeros, against eager ones, which touch every weight at every step.</summary>
public class LazyPenaltyTests
{
    private const int Features = 12;

    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(0, 0.3, 0.1)]
    [InlineData(0.05, 0, 0.1)]
    [InlineData(0.05, 0.3, 0.1)]
    [InlineData(0.2, 0.01, 0.5)]
    [InlineData(0.01, 0.9, 1)]
    public void Lazy_equals_eager(double l1, double l2, double firstRate)
    {
        // l2 0.9 at rate 1 shrinks the scale tenfold a step, so that it is folded many times.
        var lazy = new LazyElasticNet<double>(new ElasticNet(l1, l2), Features);
        var eager = new EagerElasticNet(l1, l2);
        double[] stored = [.. eager.Weights];
        var random = new Random(42);
        for (int t = 0; t < 400; t++)
        {
            double rate = firstRate / (1 + (0.01 * t));
            double[] gradient = new double[Features];
            int[] used = [.. Enumerable.Range(0, Features).Where(j => random.NextDouble() < (j == 0 ? 0.01 : 0.2))];
            foreach (int j in used)
            {
                // A row's gradient depends on the weights it reads.
                lazy.Settle(stored.AsSpan(j, 1), j);
                Assert.Equal(eager.Weights[j], lazy.Scale * stored[j], 1e-9);
                gradient[j] = Math.Tanh(lazy.Scale * stored[j]) + random.NextDouble() - 0.5;
            }

            lazy.Advance(stored, rate);
            foreach (int j in used)
                stored[j] -= rate / lazy.Scale * gradient[j];
            eager.Step(gradient, rate);
        }

        lazy.Finish(stored);
        Assert.Equal(1, lazy.Scale);
        Assert.All(eager.Weights.Zip(stored), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        if (l1 > 0)
            Assert.Contains(0.0, stored);
    }

    [Fact]
    public void A_weight_that_no_row_uses_shrinks_as_by_proximal_steps()
    {
        var penalty = new ElasticNet(l1: 0.03, l2: 0.2);
        var lazy = new LazyElasticNet<double>(penalty, 3);
        double[] stored = [2, -0.1, 0.7];
        double[] proximal = [.. stored];
        for (int t = 0; t < 40; t++)
        {
            lazy.Advance(stored, 0.1);
            for (int j = 0; j < 3; j++)
                proximal[j] *= 1 - (0.1 * 0.2);
            penalty.ShrinkL1(proximal.AsSpan(), 0.1);
        }

        Assert.Equal([2, -0.1, 0.7], stored);
        lazy.Finish(stored);
        Assert.All(proximal.Zip(stored), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(0, stored[1]);
    }

    [Fact]
    public void Folding_keeps_the_weights()
    {
        var l2 = new LazyL2(0.5);
        float[] stored = [1, -2];
        for (int t = 0; t < 20; t++)
            l2.Decay(1);
        Assert.False(l2.NeedsFolding);
        l2.Decay(1);
        Assert.True(l2.NeedsFolding);
        l2.Fold(stored.AsSpan());
        Assert.Equal([MathF.Pow(0.5f, 21), -MathF.Pow(0.5f, 20)], stored);
        Assert.Equal(1, l2.Scale);
    }

    [Fact]
    public void Decay_that_would_turn_signs_is_refused()
    {
        var l2 = new LazyL2(10);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => l2.Decay(0.1));
        Assert.Contains("Lower the learning rate", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => l2.Decay(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LazyL2(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CumulativeL1<float>(1).Owe(double.NaN));
    }

    /// <summary>Figure 2 of Tsuruoka et al. 2009 applied to every weight at every step; under L2 the accounts decay as the weights do.</summary>
    private sealed class EagerElasticNet(double l1, double l2)
    {
        private readonly double[] _paid = new double[Features];
        private double _owed;

        public double[] Weights { get; } = [.. Enumerable.Range(0, Features).Select(j => (j - 5.5) / 3)];

        public void Step(double[] gradient, double rate)
        {
            double keep = 1 - (rate * l2);
            _owed = (keep * _owed) + (rate * l1);
            for (int j = 0; j < Features; j++)
            {
                double before = (keep * Weights[j]) - (rate * gradient[j]);
                _paid[j] *= keep;
                Weights[j] = before > 0 ? Math.Max(0, before - (_owed + _paid[j]))
                    : before < 0 ? Math.Min(0, before + (_owed - _paid[j]))
                    : 0;
                _paid[j] += Weights[j] - before;
            }
        }
    }
}
