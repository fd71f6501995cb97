using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// How far an objective lies above its minimum, about: half the squared Newton decrement, <c>g' H^-1 g / 2</c> (Boyd and Vandenberghe 2004,
/// section 9.5.1), of the gradient of all rows and the Hessian of a sample. Unlike a bound by the gradient's norm it does not change with
/// the features' units. Where a feature varies less in the sample than in all rows, the difference is added to its curvature.
/// </summary>
internal sealed class GapEstimate : IDisposable
{
    /// <summary>Of how many parameters at most there is an estimate: it takes some ten numbers for each.</summary>
    public const long MostParameters = 1_000_000;

    // As many rows as tell the curvature of a feature among the others.
    private const int RowsPerFeature = 6;
    private const int FewestRows = 4_096;
    private const long MostValues = 1L << 23;
    private const double Tolerance = 0.2;
    private const int MostProducts = 60;
    private const int FewestProducts = 8;
    private const int MostNumbers = 1 << 23;
    private const int PowerIterations = 8;

    private readonly LinearObjective _objective;
    private readonly bool _isOwn;
    private readonly bool _areAll;
    private readonly RowSet _sample;
    private readonly LocalObjective _local;
    private readonly NewtonPreconditioner? _factor;
    private readonly double[] _missing;
    private readonly double[] _diagonal;

    /// <param name="objective">The objective: smooth, and of a loss with a second derivative.</param>
    /// <param name="weights">The point that is looked at.</param>
    public GapEstimate(LinearObjective objective, LinearWeights weights)
    {
        var summary = objective.Summary;
        var most = Math.Max(1, MostValues / Math.Max(summary.ValuesPerRow, summary.Outputs));
        var size = (int)Math.Min(Math.Max(FewestRows, RowsPerFeature * (long)summary.Features), Math.Min(most, summary.Rows));
        // Of a cluster every rank has the same sample, and asks nobody about it.
        _isOwn = objective.Shares is not null;
        _areAll = !_isOwn && size == summary.Rows && objective.Chunks is RowSet[] { Length: 1 };
        _sample = _areAll ? objective.Chunks.Single()
            : new RowSet([objective.Shares?.Sample(size) ?? RowSample.Draw(objective.Chunks, summary, size, seed: 0)]);
        _objective = _isOwn
            ? new LinearObjective([_sample], summary, objective.Loss, objective.Penalty, objective.Scaling, objective.Team)
            : objective;
        _local = new LocalObjective(_objective, _sample);
        double[] point = new double[objective.Parameters];
        objective.ToScaled(weights, point);
        _local.MoveTo(point, new double[point.Length]);
        _local.Linearize();
        _missing = new double[point.Length];
        _diagonal = new double[point.Length];
        MeasureDiagonal(size < summary.Rows);
        if (!new HessianForm(objective.Loss, objective.Outputs, summary).IsWhole)
            return;
        _factor = new NewtonPreconditioner(_objective, _sample);
        _factor.Refresh(_local, areGood: false);
    }

    /// <summary>The estimate.</summary>
    /// <param name="gradient">The gradient of all rows there, in scaled coordinates.</param>
    public double Of(double[] gradient)
    {
        var direction = new ConjugateGradient(gradient.Length);
        var most = Math.Clamp(MostNumbers / gradient.Length, FewestProducts, MostProducts);
        direction.Solve(gradient, _ => Tolerance, Precondition, Multiply, _ => { }, most);
        return direction.Decrement() / 2;
    }

    /// <summary>
    /// How many products conjugate gradients may take to solve a system of the Hessian, by its condition: <c>sqrt(largest / smallest
    /// eigenvalue)</c> in coordinates of equal curvature, the smallest being the penalty's at least.
    /// </summary>
    public double SquareRootOfCondition()
    {
        double[] vector = [.. _diagonal.Select((_, i) => i % 2 == 0 ? 1.0 : -1.0)], product = new double[vector.Length];
        var largest = 0.0;
        for (var i = 0; i < PowerIterations; i++)
        {
            var norm = Math.Sqrt(SpanMath.Dot(vector, vector));
            for (var p = 0; p < vector.Length; p++)
                vector[p] /= norm * Math.Sqrt(_diagonal[p]);
            Multiply(vector, product);
            for (var p = 0; p < vector.Length; p++)
                vector[p] = product[p] / Math.Sqrt(_diagonal[p]);
            largest = Math.Sqrt(SpanMath.Dot(vector, vector));
        }

        var smallest = Enumerable.Range(0, _objective.Outputs * _objective.Features).Min(p => PenaltyOf(p) / _diagonal[p]);
        return smallest > 0 ? Math.Sqrt(largest / smallest) : double.PositiveInfinity;
    }

    public void Dispose()
    {
        _factor?.Dispose();
        _local.Dispose();
        if (_isOwn)
            _objective.Dispose();
        if (!_areAll)
            _sample.Dispose();
    }

    private void Multiply(double[] direction, double[] product)
    {
        _local.Multiply(direction, product);
        for (var p = 0; p < product.Length; p++)
            product[p] += _missing[p] * direction[p];
    }

    private void Precondition(double[] residual)
    {
        if (_factor is not null)
        {
            _factor.Apply(residual);
            return;
        }

        for (var p = 0; p < residual.Length; p++)
            residual[p] /= _diagonal[p];
    }

    /// <summary>About the diagonal of the Hessian of all rows, and what of it the sample lacks.</summary>
    private void MeasureDiagonal(bool isPart)
    {
        int features = _objective.Features, outputs = _objective.Outputs;
        double[] squares = new double[features], curvature = new double[outputs];
        Span<float> scaled = new float[features], diagonal = new float[outputs];
        for (var i = 0; i < _sample.Rows; i++)
        {
            _objective.Loss.CurvatureDiagonal(_local.Terms.Span((long)i * outputs, outputs), diagonal);
            for (var k = 0; k < outputs; k++)
                curvature[k] += diagonal[k] / _local.Weight;
            var row = _sample.IsSparse ? _sample.Sparse(i) : default;
            if (!_sample.IsSparse)
                _objective.Scaling.Scale(_sample.Values(i), scaled);
            for (var e = 0; e < (_sample.IsSparse ? row.Length : features); e++)
            {
                var j = _sample.IsSparse ? row.Indices[e] : e;
                double value = _sample.IsSparse ? _objective.Scaling.Scales[j] * row.Values[e] : scaled[e];
                squares[j] += value * value / _sample.Rows;
            }
        }

        for (var p = 0; p < _diagonal.Length; p++)
        {
            var isBias = p >= outputs * features;
            var (k, j) = isBias ? (p - outputs * features, 0) : (p / features, p % features);
            var square = isBias ? 1 : squares[j];
            var whole = isPart && !isBias && _objective.Scaling is { Squares.Length: > 0 } scaling
                ? Math.Max(square, scaling.Squares[j] * scaling.Scales[j] * scaling.Scales[j])
                : square;
            _missing[p] = curvature[k] * (whole - square);
            _diagonal[p] = Math.Max(curvature[k] * whole + (isBias ? 0 : PenaltyOf(p)), double.Epsilon * 1e20);
        }
    }

    private double PenaltyOf(int parameter)
    {
        var j = parameter % _objective.Features;
        return _objective.Penalty.L2Of(j) * _objective.Scaling.Scales[j] * _objective.Scaling.Scales[j];
    }
}
