using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// About the logits that a row would have of a fit without it (Rad and Maleki 2020, "A scalable estimate of the out-of-sample prediction
/// error via approximate leave-one-out cross-validation"): from a point near the optimum of all rows a Newton step to that of the others,
/// by the factors of the Hessian H of all. With <c>G = x' H^-1 x / W</c> of a row, a matrix of its outputs, D its curvature and e the
/// gradient of its loss, both with its weight, and s what the Newton step of all rows does to its logits, it is
/// <c>z + (I - G D)^-1 (s + G e)</c>.
/// </summary>
/// <remarks>
/// All is taken at one point, so that what a row alone decides of is left out with it, exactly. G is <c>A' A</c> with <c>A = L^-1 x</c>, so
/// that nothing cancels; A is one pass over the rows with the lines of <c>L^-1</c> as weights. Of coupled outputs all is in their
/// <see cref="Contrasts"/>: there G has an inverse, and their mean does not move.
/// </remarks>
internal sealed class LeaveOneOut : IDisposable
{
    // A row that takes more than this of what is known along a direction of it leaves the others too little for a quadratic model.
    private const double LargestLeverage = 0.5;

    // What of a direction a row leaves to the others at least: rounding must not make it the other way round.
    private const double SmallestRest = 1e-3;

    private readonly LinearObjective _objective;
    private readonly LocalObjective _local;
    private readonly Contrasts? _contrasts;
    private readonly int _outputs;
    private readonly int _size;
    private readonly int _blockSize;
    private readonly int _directions;
    private readonly LinearWeights _lines;
    private readonly RowProducts _products;

    /// <param name="objective">The objective.</param>
    /// <param name="factor">All of its Hessian, factorised.</param>
    /// <param name="local">The point that the factor is of, and the line of the step from there.</param>
    public LeaveOneOut(LinearObjective objective, NewtonPreconditioner factor, LocalObjective local)
    {
        (_objective, _local, _contrasts, _outputs) = (objective, local, factor.Contrasts, objective.Outputs);
        (_size, _blockSize) = (objective.Features + 1, factor.BlockSize);
        _directions = _contrasts?.Count ?? _outputs;
        _lines = new LinearWeights(FirstLine(_directions), objective.Features, objective.Summary.IsSparse);
        for (var first = 0; first < _directions; first += _blockSize / _size)
        {
            var block = factor.Factors.Slice(first / (_blockSize / _size) * _blockSize * _blockSize, _blockSize * _blockSize);
            var columns = Cholesky.InvertedColumns(block, _blockSize, objective.Team);
            for (var a = first; a < first + _blockSize / _size; a++)
                SetLines(a, columns.AsSpan((a - first) * _size * _blockSize));
        }

        _products = RowProducts.For(objective.Summary with { OutputWeights = new double[_lines.Outputs] }, objective.Team);
    }

    /// <summary>Writes the loss of each row, left out, and its weight.</summary>
    /// <returns>The share of the weight that belongs to rows of too much leverage.</returns>
    public double Losses(Memory<(double Loss, double Weight)> losses)
    {
        var rows = _local.Rows;
        var leverages = new float[rows.Rows];
        _products.PassLogits(_lines, rows, 0, rows.Rows, (first, count, lines, _) =>
        {
            Span<float> values = stackalloc float[2 * RowProducts.UnitRows * _outputs];
            for (int done = 0, some; done < count; done += some)
            {
                some = Math.Min(RowProducts.UnitRows, count - done);
                var numbers = RowNumbers.From(first + done, some);
                var logits = values[..(some * _outputs)];
                var errors = values.Slice(logits.Length, logits.Length);
                _local.Logits.Span((long)(first + done) * _outputs, logits.Length).CopyTo(logits);
                RowLosses.Compute(_objective.Loss, rows, numbers, _outputs, logits, errors);
                for (var r = 0; r < some; r++)
                {
                    var row = first + done + r;
                    leverages[row] = LeaveOut(row, lines.Slice((done + r) * _lines.Outputs, _lines.Outputs),
                        errors.Slice(r * _outputs, _outputs), logits.Slice(r * _outputs, _outputs));
                }

                RowLosses.Compute(
                    _objective.Loss.LogLoss, rows, numbers, _outputs, logits, errors, losses.Span.Slice(first + done, some));
            }
        });
        var (broken, all) = (0.0, 0.0);
        for (var i = 0; i < leverages.Length; i++)
        {
            var weight = losses.Span[i].Weight;
            all += weight;
            broken += leverages[i] > LargestLeverage ? weight : 0;
        }

        return broken / all;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _products.Dispose();
    }

    /// <summary>
    /// Where the lines of a direction begin. Of coupled outputs those of <c>L^-1</c> before the direction's own are 0 and left away.
    /// </summary>
    private int FirstLine(int a) => _contrasts is null ? a * _size : a * _blockSize - a * (a - 1) / 2 * _size;

    /// <summary>The part of <c>L^-1</c> that is a direction's, as weights of raw features.</summary>
    private void SetLines(int a, ReadOnlySpan<double> columns)
    {
        var skipped = _contrasts is null ? 0 : a * _size;
        var scaling = _objective.Scaling;
        for (var q = skipped; q < _blockSize; q++)
        {
            var line = FirstLine(a) + q - skipped;
            var bias = columns[(_size - 1) * _blockSize + q];
            for (var j = 0; j < _size - 1; j++)
            {
                var weight = (float)(scaling.Scales[j] * columns[j * _blockSize + q]);
                _lines[line, j] = weight;
                bias -= (double)scaling.Means[j] * weight;
            }

            _lines.Biases[line] = (float)bias;
        }
    }

    /// <summary>Makes a row's logits those without it; returns its leverage, the largest along any direction at least.</summary>
    private float LeaveOut(int row, ReadOnlySpan<float> lines, ReadOnlySpan<float> errors, Span<float> logits)
    {
        var terms = _local.Terms.Span((long)row * _outputs, _outputs);
        var step = _local.LineLogits.Span((long)row * _outputs, _outputs);
        return _contrasts is null
            ? LeaveOutApart(terms, step, lines, errors, logits)
            : LeaveOutTogether(_contrasts, terms, step, lines, errors, logits);
    }

    private float LeaveOutApart(
        ReadOnlySpan<float> terms, ReadOnlySpan<float> step, ReadOnlySpan<float> lines, ReadOnlySpan<float> errors, Span<float> logits)
    {
        Span<float> curvature = stackalloc float[_outputs];
        _objective.Loss.CurvatureDiagonal(terms, curvature);
        var largest = 0.0;
        for (var k = 0; k < _outputs; k++)
        {
            var line = lines.Slice(k * _size, _size);
            var g = SpanMath.Dot(line, line) / _local.Weight;
            largest = Math.Max(largest, curvature[k] * g);
            logits[k] += (float)((step[k] + g * errors[k]) / Math.Max(1 - curvature[k] * g, SmallestRest));
        }

        return (float)largest;
    }

    private float LeaveOutTogether(
        Contrasts contrasts,
        ReadOnlySpan<float> terms,
        ReadOnlySpan<float> step,
        ReadOnlySpan<float> lines,
        ReadOnlySpan<float> errors,
        Span<float> logits)
    {
        var n = _directions;
        Span<float> triangle = stackalloc float[n * (n + 1) / 2];
        Span<double> g = stackalloc double[n * n], system = stackalloc double[n * n], slopes = stackalloc double[n];
        Span<double> right = stackalloc double[n];
        contrasts.Curvature(_objective.Loss, terms, triangle);
        for (var a = 0; a < n; a++)
        {
            var line = lines[FirstLine(a)..FirstLine(a + 1)];
            for (var b = 0; b <= a; b++)
                g[a * n + b] = g[b * n + a] = SpanMath.Dot(line, lines[(FirstLine(b + 1) - line.Length)..FirstLine(b + 1)]) / _local.Weight;
            slopes[a] = contrasts.Of(errors, a);
        }

        for (var a = 0; a < n; a++)
        {
            right[a] = contrasts.Of(step, a) + SpanMath.Dot(g.Slice(a * n, n), slopes);
            for (var b = 0; b < n; b++)
            {
                var sum = a == b ? 1.0 : 0;
                for (var c = 0; c < n; c++)
                    sum -= g[a * n + c] * triangle[b >= c ? b * (b + 1) / 2 + c : c * (c + 1) / 2 + b];
                system[a * n + b] = sum;
            }
        }

        var rest = Eliminate(system, right, n);
        for (var a = 0; a < n; a++)
        {
            for (var k = 0; k <= a + 1; k++)
                logits[k] += (float)(contrasts[a][k] * right[a]);
        }

        return (float)(1 - rest);
    }

    /// <summary>Solves a system in place, the right side too; returns its determinant: of <c>I - G D</c> what the row leaves.</summary>
    private static double Eliminate(Span<double> a, Span<double> v, int n)
    {
        var determinant = 1.0;
        for (var i = 0; i < n; i++)
        {
            var best = i;
            for (var r = i + 1; r < n; r++)
                best = Math.Abs(a[r * n + i]) > Math.Abs(a[best * n + i]) ? r : best;
            if (best != i)
            {
                for (var c = i; c < n; c++)
                    (a[i * n + c], a[best * n + c]) = (a[best * n + c], a[i * n + c]);
                (v[i], v[best]) = (v[best], v[i]);
                determinant = -determinant;
            }

            var pivot = a[i * n + i];
            if (Math.Abs(pivot) < SmallestRest)
                pivot = a[i * n + i] = SmallestRest;
            determinant *= pivot;
            for (var r = i + 1; r < n; r++)
            {
                var factor = a[r * n + i] / pivot;
                SpanMath.AddScaled(a.Slice(r * n + i, n - i), -factor, a.Slice(i * n + i, n - i));
                v[r] -= factor * v[i];
            }
        }

        for (var i = n - 1; i >= 0; i--)
            v[i] = (v[i] - SpanMath.Dot(a.Slice(i * n + i + 1, n - i - 1), v[(i + 1)..])) / a[i * n + i];
        return determinant;
    }
}
