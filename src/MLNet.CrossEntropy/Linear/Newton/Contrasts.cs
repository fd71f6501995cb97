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

    /// <summary>
    /// Writes <c>U' H U</c> of the matrix that pairs of outputs make, <c>H = sum_kl s_kl (e_k - e_l) (e_k - e_l)'</c>: what a contrast has
    /// of a column is a prefix sum.
    /// </summary>
    /// <param name="pairs">s of the pairs l &lt; k, in the order of <see cref="LogitLoss.CurvaturePairs"/>.</param>
    /// <param name="matrix">Room for H.</param>
    /// <param name="turned">Receives the matrix <c>[Count, Count]</c>.</param>
    public void Turn(ReadOnlySpan<double> pairs, Span<double> matrix, Span<double> turned)
    {
        matrix.Clear();
        for (int k = 1, pair = 0; k < _outputs; k++)
        {
            for (var l = 0; l < k; l++, pair++)
            {
                matrix[k * _outputs + l] = matrix[l * _outputs + k] = -pairs[pair];
                matrix[k * _outputs + k] += pairs[pair];
                matrix[l * _outputs + l] += pairs[pair];
            }
        }

        // A contrast's line takes the place of the output's that it begins with: nobody needs that any more.
        for (var l = 0; l < _outputs; l++)
        {
            var sum = 0.0;
            for (var a = 0; a < Count; a++)
            {
                sum += matrix[a * _outputs + l];
                matrix[a * _outputs + l] = this[a][0] * sum + this[a][a + 1] * matrix[(a + 1) * _outputs + l];
            }
        }

        for (var a = 0; a < Count; a++)
        {
            var line = matrix.Slice(a * _outputs, _outputs);
            var sum = 0.0;
            for (var b = 0; b < Count; b++)
            {
                sum += line[b];
                turned[a * Count + b] = this[b][0] * sum + this[b][b + 1] * line[b + 1];
            }
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
