using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// A truncated Newton step over all rows: <c>p</c> from <c>H p = -g</c> by conjugate gradients, only as exactly as the gradient is still
/// large, then a backtracking line search along p. See <see cref="Solver.Newton"/>.
/// </summary>
/// <remarks>
/// Like SGD it works on the scaled and centred features (see <see cref="FeatureScaling"/>), whose Hessian is far better conditioned:
/// parameters are <c>W'[k, j]</c>, then <c>b'[k]</c>. A product with the Hessian, <c>H v = X' (d2 l / dz dz') X v + l2 v</c>, is one pass over the rows.
/// </remarks>
internal sealed unsafe partial class NewtonStep : MiniBatchStep
{
    private const double LoosestSolution = 0.25;
    private const int UnitOfRows = 64;

    // The share of the loss that a certificate may leave open after a fit that needs no more steps.
    private const double LargestGap = 1e-6;

    private readonly int _features;
    private readonly double _l2;
    private readonly double _tolerance;
    private readonly FeatureScaling _scaling;
    private readonly RowProducts _products;
    private readonly ConjugateGradient _solver;
    private readonly NewtonPreconditioner _preconditioner;
    private readonly double[] _parameters;
    private readonly double[] _saved;
    private readonly double[] _gradient;
    private readonly double[] _sums;
    private readonly float[] _raw;
    private readonly float[] _rawBiases;
    private readonly NativeBuffer<float> _directionLogits;
    private readonly NativeBuffer<float> _terms;
    private readonly Action<int> _takeTerms;
    private readonly RowMap _takeErrors;
    private readonly RowMap _takeCurvature;
    private RowSet _rows = null!;
    private int _lastProducts;
    private double _firstNorm;
    private double _norm;

    public NewtonStep(SgdOptions options, RowSet rows, SgdPlan plan, FeatureScaling scaling, WorkerTeam team)
        : base(options.Loss, options.Outputs, plan.BatchSize, UnitOfRows, team)
    {
        _features = rows.Features;
        _l2 = options.L2;
        _tolerance = options.GradientTolerance;
        _scaling = scaling;
        _products = rows.IsSparse ? new SparseProducts(rows, Outputs, team) : new DenseProducts(_features, Outputs, team);
        var parameters = checked(Outputs * (_features + 1));
        _preconditioner = new NewtonPreconditioner(options, rows, scaling, team);
        _solver = new ConjugateGradient(parameters);
        _parameters = new double[parameters];
        _saved = new double[parameters];
        _gradient = new double[parameters];
        _sums = new double[Outputs * _features];
        _raw = new float[Outputs * _features];
        _rawBiases = new float[Outputs];
        var logits = (long)rows.Rows * Outputs;
        _directionLogits = new NativeBuffer<float>(logits);
        _searchLogits = new NativeBuffer<float>(logits);
        _startLogits = new NativeBuffer<float>(logits);
        _terms = new NativeBuffer<float>(logits);
        _takeTerms = TakeTerms;
        _advance = Advance;
        _takeErrors = TakeErrors;
        _takeCurvature = TakeCurvature;
    }

    protected override ReadOnlySpan<float> RawWeights => _raw;

    /// <summary>
    /// About how many floats a fit keeps besides the rows and their errors: eight vectors of parameters in double and some in float, the
    /// preconditioner's blocks, and for each row the logits at the start, of the direction and of its sum, and the curvature.
    /// </summary>
    public static long Floats(int features, long outputs, long rows)
    {
        var parameters = outputs * (features + 1L);
        return 20 * parameters + (features > NewtonPreconditioner.MostFeatures ? 0 : 2 * parameters * (features + 1)) + 4 * rows * outputs;
    }

    public override void Start(float[]? weights, float[] biases)
    {
        for (var k = 0; k < Outputs; k++)
        {
            double bias = biases[k];
            for (var j = 0; weights is not null && j < _features; j++)
            {
                var weight = weights[k * _features + j];
                _parameters[k * _features + j] = (double)weight / _scaling.Scales[j];
                bias += (double)_scaling.Means[j] * weight;
            }

            _parameters[Outputs * _features + k] = bias;
        }

        SetModel(_parameters);
    }

    public override void CopyTo(float[] weights, float[] biases)
    {
        _raw.CopyTo(weights, 0);
        _rawBiases.CopyTo(biases, 0);
    }

    /// <summary>The norm before the last step, which is not taken where the norm is as small as was asked for; 0 when that step could not lower the objective any more.</summary>
    public override double RememberedGradientNorm() => _norm;

    public override void Save() => _parameters.CopyTo(_saved, 0);

    public override void Restore()
    {
        _saved.CopyTo(_parameters, 0);
        SetModel(_parameters);
    }

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        state.Values(_parameters.AsSpan());
        state.Values(_saved.AsSpan());
        state.Value(ref _firstNorm);
        state.Value(ref _norm);
        state.Value(ref _lastProducts);
        _preconditioner.Exchange(state);
        if (state.IsReading)
            SetModel(_parameters);
    }

    public override void Dispose()
    {
        base.Dispose();
        _products.Dispose();
        _preconditioner.Dispose();
        _directionLogits.Dispose();
        _searchLogits.Dispose();
        _startLogits.Dispose();
        _terms.Dispose();
    }

    // A batch is all rows, or a run of those that are only judged: always in their own order.
    protected override void ComputeLogits(RowSet rows, ReadOnlySpan<int> batch, int from, int to)
    {
        var (start, length) = ((long)from * Outputs, (to - from) * Outputs);
        if (!_isSearching)
        {
            _products.ComputeLogits(rows, batch[from], batch[from] + to - from, Logits.Pointer + start);
            return;
        }

        _startLogits.Span(start, length).CopyTo(Logits.Span(start, length));
        SparseKernels.Axpy((float)_along, _searchLogits.Pointer + start, Logits.Pointer + start, length);
    }

    protected override void AddGradient(RowSet rows, ReadOnlySpan<int> batch, NativeBuffer<float> weightGradient)
    {
        _products.Pass(rows, withLogits: false, _takeErrors, _sums);
        for (var i = 0; i < _sums.Length; i++)
            weightGradient[i] += (float)_sums[i];
    }

    protected override void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate)
    {
        _rows = rows;
        _products.Pass(rows, withLogits: false, _takeErrors, _sums);
        ToScaledGradient(_parameters, _gradient);
        _norm = Math.Sqrt(SpanMath.Dot(_gradient, _gradient));
        _firstNorm = Math.Max(_firstNorm, _norm);
        _searchLogits.AsSpan().Clear();
        if (_norm <= _tolerance && IsCertain())
            return;
        Logits.AsSpan().CopyTo(_startLogits.AsSpan());
        Team.Run(_takeTerms);
        _preconditioner.Refresh(rows, _terms, BatchWeight, _lastProducts);
        // Superlinear: the nearer the optimum, the more exact the direction (Dembo and Steihaug 1983).
        _lastProducts = _solver.Solve(_gradient, Math.Min(LoosestSolution, Math.Sqrt(_norm / _firstNorm)), _preconditioner.Apply, Multiply, AdvanceLogits);
        if (Search(_solver.Solution) is > 0 and var length)
            ConjugateGradient.Add(_parameters, length, _solver.Solution);
        SetModel(_parameters);
    }

    /// <summary>Whether the certificate of the weights as they are would show them at the optimum, too: another step would be for nothing.</summary>
    private bool IsCertain()
    {
        var squared = 0.0;
        for (var i = 0; i < Outputs * _features; i++)
        {
            var raw = _gradient[i] / _scaling.Scales[i % _features];
            squared += raw * raw;
        }

        return _norm == 0 || squared <= 2 * _l2 * LargestGap * BatchLoss / BatchWeight;
    }

    private void TakeErrors(int first, Span<float> values) => Errors.Span((long)first * Outputs, values.Length).CopyTo(values);

    private void TakeTerms(int member)
    {
        var (from, to) = Team.Share(member, _rows.Rows);
        Span<float> logits = Rows(Logits, from, to), terms = Rows(_terms, from, to);
        var areDone = _rows.HasClasses && from < to && Loss.TryHardLabelTerms(Labels[from..to], logits, terms);
        for (var r = from; r < to; r++)
        {
            if (!areDone)
                Loss.CurvatureTerms(Rows(Logits, r, r + 1), _rows.Target(r, Outputs), Rows(_terms, r, r + 1));
            if (_rows.Weight(r) is not 1 and var weight)
                SpanMath.Scale(Rows(_terms, r, r + 1), weight);
        }
    }

    private Span<float> Rows(NativeBuffer<float> all, int from, int to) => all.Span((long)from * Outputs, (to - from) * Outputs);

    private void TakeCurvature(int first, Span<float> values)
    {
        values.CopyTo(_directionLogits.Span((long)first * Outputs, values.Length));
        var terms = _terms.Span((long)first * Outputs, values.Length);
        var length = Loss.HasIndependentOutputs ? values.Length : Outputs;
        for (var start = 0; start < values.Length; start += length)
            Loss.CurvatureProduct(terms.Slice(start, length), values.Slice(start, length));
    }

    /// <summary>The Hessian times <paramref name="direction"/>, in scaled coordinates.</summary>
    private void Multiply(double[] direction, double[] product)
    {
        SetModel(direction);
        _products.Pass(_rows, withLogits: true, _takeCurvature, _sums);
        ToScaledGradient(direction, product);
    }

    /// <summary>Gives the products the raw model of scaled parameters: <c>W = s W'</c>, <c>b = b' - m . W</c>.</summary>
    private void SetModel(double[] scaled)
    {
        for (var k = 0; k < Outputs; k++)
        {
            var bias = scaled[Outputs * _features + k];
            for (var j = 0; j < _features; j++)
            {
                var weight = _scaling.Scales[j] * scaled[k * _features + j];
                _raw[k * _features + j] = (float)weight;
                bias -= _scaling.Means[j] * weight;
            }

            _rawBiases[k] = (float)bias;
        }

        _products.SetModel(_raw, _rawBiases);
    }

    /// <summary>By the chain rule, <c>s (G - m g + l2 W)</c> and g, with G and g the raw gradients: the last pass's sums over the rows' weight.</summary>
    private void ToScaledGradient(double[] parameters, double[] gradient)
    {
        for (var k = 0; k < Outputs; k++)
        {
            var bias = _products.BiasGradient[k] / BatchWeight;
            for (var j = 0; j < _features; j++)
            {
                double scale = _scaling.Scales[j], weight = scale * parameters[k * _features + j];
                gradient[k * _features + j] = scale * (_sums[k * _features + j] / BatchWeight - _scaling.Means[j] * bias + _l2 * weight);
            }

            gradient[Outputs * _features + k] = bias;
        }
    }
}
