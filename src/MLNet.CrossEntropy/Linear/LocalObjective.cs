using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// A <see cref="LinearObjective"/> around one point, in scaled coordinates: value, gradient, products with the Hessian
/// <c>H v = X' (d2 l / dz dz') X v + l2 v</c>, each one pass over the rows, and the mean loss and its slope along a line, which need none,
/// since logits are linear in the parameters. It keeps four floats a row and output: the logits at the point, of the last direction and of
/// the line, and the curvature. The rows must be in memory.
/// </summary>
internal sealed class LocalObjective : IDisposable
{
    private readonly LinearObjective _objective;
    private readonly RowSet _rows;
    private readonly int _outputs;
    private readonly LinearWeights _direction;
    private readonly NativeBuffer<float> _logits;
    private readonly NativeBuffer<float> _directionLogits;
    private readonly NativeBuffer<float> _lineLogits;
    private readonly NativeBuffer<float> _scratch;
    private readonly (double Loss, double Slope)[] _units;
    private readonly RowMap _keepLogits;
    private readonly RowMap _keepLine;
    private readonly RowMap _takeCurvature;
    private readonly Action<int> _takeTerms;
    private readonly Action<int> _advance;
    private readonly Action<int> _sumAlong;
    private double _along;

    public LocalObjective(LinearObjective objective, RowSet rows)
    {
        (_objective, _rows, _outputs) = (objective, rows, objective.Outputs);
        Weights = objective.CreateWeights();
        _direction = objective.CreateWeights();
        var logits = (long)rows.Rows * _outputs;
        _logits = new NativeBuffer<float>(logits);
        _directionLogits = new NativeBuffer<float>(logits);
        _lineLogits = new NativeBuffer<float>(logits);
        Terms = new NativeBuffer<float>(logits);
        _scratch = new NativeBuffer<float>(2L * objective.Team.Capacity * RowProducts.UnitRows * _outputs);
        _units = new (double, double)[(rows.Rows + RowProducts.UnitRows - 1) / RowProducts.UnitRows];
        _keepLogits = (first, count, from, _) => from.CopyTo(Part(_logits, first, count));
        _keepLine = (first, count, from, _) => from.CopyTo(Part(_lineLogits, first, count));
        _takeCurvature = TakeCurvature;
        _takeTerms = TakeTerms;
        _advance = Advance;
        _sumAlong = SumAlong;
    }

    /// <summary>The raw weights of the point.</summary>
    public LinearWeights Weights { get; }

    /// <summary>The mean loss at the point.</summary>
    public double MeanLoss { get; set; }

    /// <summary>The sum of the rows' weights.</summary>
    public double Weight { get; private set; }

    /// <summary>
    /// The curvature terms <c>[rows, outputs]</c> at the point (see <see cref="LogitLoss.CurvatureTerms"/>), times the rows' weights;
    /// after <see cref="Linearize"/>.
    /// </summary>
    public NativeBuffer<float> Terms { get; }

    /// <summary>The rows.</summary>
    public RowSet Rows => _rows;

    /// <summary>The logits <c>[rows, outputs]</c> at the point.</summary>
    public NativeBuffer<float> Logits => _logits;

    /// <summary>How the logits change along the line, <c>[rows, outputs]</c>.</summary>
    public NativeBuffer<float> LineLogits => _lineLogits;

    /// <summary>Moves to a point and writes the gradient there.</summary>
    public void MoveTo(double[] point, double[] gradient)
    {
        var sums = _objective.Gradient(point, Weights, _rows, gradient, _keepLogits);
        (MeanLoss, Weight) = (sums.Loss / sums.Weight, sums.Weight);
    }

    /// <summary>Computes the curvature terms, and begins a line at the point.</summary>
    public void Linearize()
    {
        _objective.Team.Run(_takeTerms);
        _lineLogits.Clear();
    }

    /// <summary>The Hessian times a direction.</summary>
    public void Multiply(double[] direction, double[] product)
    {
        _objective.ToRaw(direction, _direction);
        _objective.SumProducts(_direction, _rows, _takeCurvature);
        _objective.SumsToScaled(direction, Weight, product);
    }

    /// <summary>Adds <paramref name="step"/> times the direction that was multiplied last to the line's.</summary>
    public void AdvanceLine(double step)
    {
        _along = step;
        _objective.Team.Run(_advance);
    }

    /// <summary>Makes a direction the line's.</summary>
    public void Aim(double[] direction)
    {
        _objective.ToRaw(direction, _direction);
        _objective.Products.PassLogits(_direction, _rows, 0, _rows.Rows, _keepLine);
    }

    /// <summary>The mean loss at the point plus <paramref name="length"/> times the line's direction, and its derivative in the
    /// length.</summary>
    public (double MeanLoss, double Slope) Along(double length)
    {
        _along = length;
        _objective.Team.Adapt();
        _objective.Team.Run(_sumAlong);
        if (_objective.Shares is null)
        {
            var (loss, slope) = Total(_units);
            return (loss / Weight, slope / Weight);
        }

        var sums = _objective.Shares.Sum(2, (share, values) => (values[0], values[1]) = Total(share.Units<(double, double)>(_units)));
        return (sums[0] / Weight, sums[1] / Weight);
    }

    public void Dispose()
    {
        Weights.Dispose();
        _direction.Dispose();
        _logits.Dispose();
        _directionLogits.Dispose();
        _lineLogits.Dispose();
        Terms.Dispose();
        _scratch.Dispose();
    }

    private static (double Loss, double Slope) Total(ReadOnlySpan<(double Loss, double Slope)> units)
    {
        CompensatedSum loss = default, slope = default;
        foreach (var unit in units)
        {
            loss.Add(unit.Loss);
            slope.Add(unit.Slope);
        }

        return (loss.Value, slope.Value);
    }

    private Span<float> Part(NativeBuffer<float> all, int first, int count) => all.Span((long)first * _outputs, count * _outputs);

    private void TakeTerms(int member)
    {
        var (from, to) = _objective.Team.Share(member, _rows.Rows);
        Span<int> labels = stackalloc int[RowProducts.UnitRows];
        for (int first = from, count; first < to; first += count)
        {
            count = Math.Min(labels.Length, to - first);
            var areDone = RowLosses.ReadHardLabels(_rows, RowNumbers.From(first, count), 0, _outputs, labels[..count])
                && _objective.Loss.TryHardLabelTerms(labels[..count], Part(_logits, first, count), Part(Terms, first, count));
            for (var r = first; r < first + count; r++)
            {
                if (!areDone)
                    _objective.Loss.CurvatureTerms(Part(_logits, r, 1), _rows.Target(r, _outputs), Part(Terms, r, 1));
                if (_rows.Weight(r) is not 1 and var weight)
                    SpanMath.Scale(Part(Terms, r, 1), weight);
            }
        }
    }

    private void TakeCurvature(int first, int count, Span<float> logits, Span<float> errors)
    {
        logits.CopyTo(errors);
        logits.CopyTo(Part(_directionLogits, first, count));
        var terms = Part(Terms, first, count);
        var length = _objective.Loss.HasIndependentOutputs ? errors.Length : _outputs;
        for (var start = 0; start < errors.Length; start += length)
            _objective.Loss.CurvatureProduct(terms.Slice(start, length), errors.Slice(start, length));
    }

    private void Advance(int member)
    {
        var (from, to) = _objective.Team.Share(member, _rows.Rows);
        for (int first = from, count; first < to; first += count)
        {
            // The floats of all of a member's rows may be more than an int can count.
            count = Math.Min(Math.Max(1, (1 << 20) / _outputs), to - first);
            SparseKernels.Axpy((float)_along, Part(_directionLogits, first, count), Part(_lineLogits, first, count));
        }
    }

    private void SumAlong(int member)
    {
        var (from, to) = _objective.Team.Share(member, _units.Length);
        var length = RowProducts.UnitRows * _outputs;
        var scratch = _scratch.Span(2L * member * length, 2 * length);
        for (var unit = from; unit < to; unit++)
        {
            var first = unit * RowProducts.UnitRows;
            var count = Math.Min(RowProducts.UnitRows, _rows.Rows - first);
            var line = Part(_lineLogits, first, count);
            Span<float> logits = scratch[..line.Length], errors = scratch.Slice(length, line.Length);
            Part(_logits, first, count).CopyTo(logits);
            SparseKernels.Axpy((float)_along, line, logits);
            var loss = RowLosses.Compute(_objective.Loss, _rows, RowNumbers.From(first, count), _outputs, logits, errors).Loss;
            _units[unit] = (loss, SpanMath.Dot(errors, line));
        }
    }
}
