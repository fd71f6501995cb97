using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Rows to fit, rows to judge the fit by, and the weights of the last fit, at which the next one begins: of a penalty that differs by
/// little, a few steps away.
/// </summary>
internal sealed class HeldOutSplit : IDisposable
{
    private const int MostNewtonSteps = 12;
    private const int SgdEpochs = 30;

    // What is left after a step that has promised this share of the objective moves no loss of a row that counts.
    private const double Promise = 1e-3;

    private readonly FitPlan _plan;
    private readonly WorkerTeam _team;
    private readonly RowSet _training;
    private readonly RowSet? _heldOut;
    private readonly LinearWeights _start;
    private readonly LinearWeights _weights;
    private readonly LinearWeights _best;
    private readonly FeatureScaling _unpenalised;

    /// <param name="training">The rows to fit.</param>
    /// <param name="heldOut">The rows to judge by; null leaves out each of those that are fitted (see <see cref="LeaveOneOut"/>).</param>
    /// <param name="plan">The fit, but for its penalties.</param>
    /// <param name="team">Who takes part.</param>
    public HeldOutSplit(IReadOnlyList<RowBlock> training, IReadOnlyList<RowBlock>? heldOut, FitPlan plan, WorkerTeam team)
    {
        (_plan, _team) = (plan, team);
        _training = new RowSet(training);
        Summary = RowSummary.Of([_training], plan.Loss, plan.Outputs);
        _heldOut = heldOut is null ? null : new RowSet(ValidationRows.For(heldOut, Summary).Blocks);
        LinearWeights New() => new(plan.Outputs, Summary.Features, Summary.IsSparse);
        (_start, _weights, _best) = (New(), New(), New());
        _start.Set(plan.IsPulled ? plan.InitialWeights : null, (plan.IsPulled ? plan.InitialBiases : null) ?? Summary.PriorBiases);
        _unpenalised = LinearSolver.Scaling([_training], Summary, plan with { L2 = 0 });
        Restart();
    }

    public RowSummary Summary { get; }

    /// <summary>How many rows are held out, those of no weight among them.</summary>
    public int HeldOutRows => (_heldOut ?? _training).Rows;

    public bool LeavesOneOut => _heldOut is null;

    /// <summary>A copy of the last fit's weights.</summary>
    public (float[] Weights, float[] Biases) Weights()
    {
        var (weights, biases) = (new float[_weights.Outputs * _weights.Features], new float[_weights.Outputs]);
        _weights.CopyTo(weights, biases);
        return (weights, biases);
    }

    /// <summary>Of the last fit the share of rows whose leaving out is a guess.</summary>
    public double Guessed { get; private set; }

    /// <summary>The weights of the last fit, such as are to be begun at again.</summary>
    public void Keep() => _best.CopyFrom(_weights);

    public void BeginAtKept() => _weights.CopyFrom(_best);

    /// <summary>The kept weights' penalty with shares, and without: <c>sum p_j w_kj^2</c> and <c>sum w_kj^2</c>.</summary>
    public (double Shared, double Plain) SquaresOfKept(float[] shares) =>
        (2 * new ElasticNet(0, 1, shares).Value(_best), 2 * new ElasticNet(0, 1).Value(_best));

    /// <summary>Begins at the strongest penalty's weights: 0, or those that it pulls to.</summary>
    public void Restart() => _weights.CopyFrom(_start);

    /// <summary>
    /// The mean loss of the strongest penalty's model, and the norms of its gradient, in the weights that the penalty is on: the
    /// Euclidean one squared, and the largest element.
    /// </summary>
    public (double Loss, double SquaredNorm, double Largest) Slope(float[]? shares)
    {
        using var objective = Objective(new ElasticNet(0, 0), _unpenalised);
        using var raw = objective.CreateWeights();
        double[] point = new double[objective.Parameters], gradient = new double[objective.Parameters];
        objective.ToScaled(_start, point);
        var sums = objective.Gradient(point, raw, _training, gradient);
        double squared = 0, largest = 0;
        for (var i = 0; i < objective.Outputs * objective.Features; i++)
        {
            var j = i % objective.Features;
            var slope = gradient[i] / _unpenalised.Scales[j];
            squared += slope * slope / (shares?[j] ?? 1);
            largest = Math.Max(largest, Math.Abs(slope));
        }

        return (sums.Loss / sums.Weight, squared, largest);
    }

    /// <summary>Fits from the last weights on, and writes the loss of each held-out row and its weight.</summary>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public void Try(double l1, double l2, float[]? shares, Memory<(double Loss, double Weight)> losses)
    {
        var penalty = new ElasticNet(l1, l2, shares, _plan.IsPulled ? _start : null);
        var isSmooth = l1 == 0 && _plan.Loss.HasCurvature;
        var plan = _plan with { L1 = l1, L2 = l2, PenaltyShares = shares, Checkpoint = null, OnBegin = null, OnEpoch = null };
        plan = isSmooth
            ? plan with { Solver = Solver.Newton, Epochs = 0, NewtonSteps = MostNewtonSteps, Promise = Promise, Tolerance = 0 }
            : plan with
            {
                Solver = Solver.Auto,
                Epochs = SgdEpochs,
                BatchSize = 0,
                LearningRate = null,
                Schedule = null,
                Optimizer = null,
                InitialWeights = [],
                StepsBefore = 0,
                SettledRate = null,
            };
        if (!isSmooth)
            plan = plan.For(Summary, areKept: true);
        // Newton's method asks for no scale that knows the penalty.
        using var objective = Objective(penalty, isSmooth ? _unpenalised : LinearSolver.Scaling([_training], Summary, plan));
        using ISolver solver = isSmooth
            ? new NewtonSolver(objective, _training, plan, _weights)
            : new SgdSolver(objective, plan, _weights);
        try
        {
            if (solver.Run(new FitRun(objective, plan, new FitStart(plan, 0, 0, []), validation: null, solver)) == StopReason.Cancelled)
                throw new OperationCanceledException(plan.Cancellation);
            _weights.CopyFrom(solver.Weights);
            if (_heldOut is not null)
                objective.Losses(_weights, _heldOut, plan.Cancellation).CopyTo(losses.Span);
            else
                Guessed = ((NewtonSolver)solver).LeaveOneOut(losses);
        }
        catch (InvalidOperationException) when (!plan.Cancellation.IsCancellationRequested)
        {
            // It diverged: a penalty that nobody wants.
            losses.Span.Fill((double.PositiveInfinity, 1));
            Restart();
        }
    }

    public void Dispose()
    {
        _training.Dispose();
        _heldOut?.Dispose();
        _start.Dispose();
        _weights.Dispose();
        _best.Dispose();
    }

    private LinearObjective Objective(ElasticNet penalty, FeatureScaling scaling) =>
        new([_training], Summary, _plan.Loss, penalty, scaling, _team);
}
