using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Rows to fit, rows to judge the fit by, and the weights of the last fit, at which the next one begins: of a penalty that differs by
/// little, a few steps away.
/// </summary>
internal sealed class HeldOutSplit : IDisposable
{
    private const int MostNewtonSteps = 12;
    private const int ExpectedNewtonSteps = 3;

    // SAGA goes on as long as an epoch gains this share of the objective, a quarter of a fit's epochs at most.
    private const double LeastGain = 5e-3;
    private const int FewestEpochs = 4;
    private const int ShareOfEpochs = 4;
    private const double LeastShare = 0.1;

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
    private readonly FitPlan _newton;
    private readonly FitPlan _sgd;
    private readonly WorkerTeam _sgdTeam;

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
        var asked = plan with { Checkpoint = null, OnBegin = null, OnEpoch = null };
        _newton = asked with { Solver = Solver.Newton, Epochs = 0, NewtonSteps = MostNewtonSteps, Promise = Promise, Tolerance = 0 };
        asked = asked with
        {
            Solver = Solver.Auto,
            Epochs = 0,
            BatchSize = 0,
            Schedule = null,
            Optimizer = null,
            InitialWeights = [],
            StepsBefore = 0,
            LearningRate = null,
            SettledRate = null,
        };
        var epochs = asked.ForSgd(Summary, areKept: true).Epochs;
        asked = asked with { Epochs = Math.Max(FewestEpochs, epochs / ShareOfEpochs), LeastGain = LeastGain };
        _sgd = asked.ForSgd(Summary, areKept: true);
        _sgdTeam = _sgd.Threads == 1 ? new WorkerTeam(1) : team;
        var form = new HessianForm(plan.Loss, plan.Outputs, Summary);
        IsForNewton = plan.Loss.HasCurvature
            && (heldOut is null || (form.IsWhole && ExpectedNewtonSteps * form.StepCost <= _sgd.CostOfEpochs(form)));
    }

    public RowSummary Summary { get; }

    /// <summary>How many rows are held out, those of no weight among them.</summary>
    public int HeldOutRows => (_heldOut ?? _training).Rows;

    public bool LeavesOneOut => _heldOut is null;

    /// <summary>Whether smooth objectives are minimised by Newton's method: where it is cheaper than SAGA, or leaves rows out.</summary>
    public bool IsForNewton { get; }

    /// <summary>The last fit's weights.</summary>
    public LinearWeights Weights => _weights;

    /// <summary>The learning rate that the fits have settled at; null where there is none.</summary>
    public double? Rate { get; private set; }

    /// <summary>
    /// Whether the last fit had no more epochs, and a penalty that was next to nothing in its objective: a weaker one changes nothing.
    /// </summary>
    public bool IsSpent { get; private set; }

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
        using var objective = Objective(new ElasticNet(0, 0), _unpenalised, _team);
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
        var isForNewton = l1 == 0 && IsForNewton;
        var plan = (isForNewton ? _newton : _sgd) with { L1 = l1, L2 = l2, PenaltyShares = shares, LearningRate = Rate };
        // Newton's method asks for no scale that knows the penalty.
        using var objective = isForNewton
            ? Objective(penalty, _unpenalised, _team) : Objective(penalty, _unpenalised.WithPenalty(plan, Summary.IsSparse), _sgdTeam);
        using ISolver solver = isForNewton
            ? new NewtonSolver(objective, _training, plan, _weights)
            : new SgdSolver(objective, plan, _weights);
        try
        {
            var run = new FitRun(objective, plan, new FitStart(plan, 0, 0, []), validation: null, solver);
            if (solver.Run(run) == StopReason.Cancelled)
                throw new OperationCanceledException(plan.Cancellation);
            _weights.CopyFrom(solver.Weights);
            Rate = solver.SettledRate ?? Rate;
            IsSpent = !isForNewton && run.Epochs == plan.Epochs && penalty.Value(_weights) < LeastShare * run.Objective;
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
        if (_sgdTeam != _team)
            _sgdTeam.Dispose();
        _training.Dispose();
        _heldOut?.Dispose();
        _start.Dispose();
        _weights.Dispose();
        _best.Dispose();
    }

    private LinearObjective Objective(ElasticNet penalty, FeatureScaling scaling, WorkerTeam team) =>
        new([_training], Summary, _plan.Loss, penalty, scaling, team);
}
