using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The differences between a softmax's outputs, which are all that its loss knows of logits: <c>K - 1</c> orthonormal directions of K
/// outputs, each output against the mean of those before it (Helmert contrasts). With their mean they are a rotation of the outputs.
/// </summary>
internal sealed class Contrasts
{
    private readonly int _outputs;
    private readonly float[] _basis;

    public Contrasts(int outputs)
    {
        (_outputs, Count) = (outputs, outputs - 1);
        _basis = new float[Count * outputs];
        for (var a = 0; a < Count; a++)
        {
            var share = 1 / Math.Sqrt((a + 1.0) * (a + 2));
            _basis.AsSpan(a * outputs, a + 1).Fill((float)share);
            _basis[a * outputs + a + 1] = (float)(-(a + 1) * share);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>What of each output a contrast has.</summary>
    public ReadOnlySpan<float> this[int a] => _basis.AsSpan(a * _outputs, _outputs);

    /// <summary>A contrast of a row's outputs.</summary>
    public double Of(ReadOnlySpan<float> outputs, int a)
    {
        var sum = 0.0;
        for (var k = 0; k <= a + 1; k++)
            sum += (double)this[a][k] * outputs[k];
        return sum;
    }

    /// <summary>
    /// Writes a contrast's weights, of parameters <c>[outputs, features]</c> and biases behind them, and returns its bias.
    /// </summary>
    public double Of(double[] parameters, int features, int a, Span<double> weights)
    {
        weights.Clear();
        var bias = 0.0;
        for (var k = 0; k <= a + 1; k++)
        {
            SpanMath.AddScaled(weights, this[a][k], parameters.AsSpan(k * features, features));
            bias += this[a][k] * parameters[_outputs * features + k];
        }

        return bias;
    }

    /// <summary>Adds a contrast's weights and its bias behind them to the parameters.</summary>
    public void Add(double[] parameters, int features, int a, ReadOnlySpan<double> values)
    {
        for (var k = 0; k <= a + 1; k++)
        {
            SpanMath.AddScaled(parameters.AsSpan(k * features, features), this[a][k], values[..features]);
            parameters[_outputs * features + k] += this[a][k] * values[features];
        }
    }

    /// <summary>The lower triangle of <c>U' D U</c>, D being the loss's second derivative of a row.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="terms">The row's <see cref="LogitLoss.CurvatureTerms"/>.</param>
    /// <param name="triangle">Receives it, <c>Count (Count + 1) / 2</c>.</param>
    public void Curvature(LogitLoss loss, ReadOnlySpan<float> terms, Span<float> triangle)
    {
        Span<float> column = stackalloc float[_outputs];
        for (var b = 0; b < Count; b++)
        {
            this[b].CopyTo(column);
            loss.CurvatureProduct(terms, column);
            for (var a = b; a < Count; a++)
                triangle[a * (a + 1) / 2 + b] = (float)Of(column, a);
        }
    }
}
