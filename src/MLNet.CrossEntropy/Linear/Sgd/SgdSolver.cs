using System.Globalization;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Mini-batch SGD (<see cref="Solver.Sgd"/>), and SAGA (<see cref="Solver.Saga"/>), which is SGD with a <see cref="SagaMemory"/>.
/// </summary>
/// <remarks>
/// The learning rate starts at <see cref="LearningRateRule"/>'s (or the given one) and falls linearly to 0 over the planned
/// steps, which makes the last weights the average that stochastic steps need; SAGA's stays. An epoch goes through the rows chunk by
/// chunk: rows in memory are one chunk that is kept, rows of a source are read anew in each epoch.
/// </remarks>
internal sealed class SgdSolver : ISolver
{
    private const int MostRetries = 6;
    private const double RetryFactor = 0.25;
    private const double SettleFactor = 0.5;

    private const int SettleEpochs = 3;
    private const int MostMore = 3;

    // The rate that is tried out for sparse rows is the fastest, which is not the quietest: of epochs to choose among, none shall be noise.
    private const double ValidatedShare = 0.25;

    // A mean loss this many times that of the first batch (or of guessing, if that is more) means that the steps blow up.
    private const double ExplodingLoss = 10;

    // What a cluster's rate is derived from.
    private const int SampleRows = 1_536;

    // Initial weights of which nothing is known pass for those of so many fits like this one: the rate begins at a tenth.
    private const long UnknownPast = 9;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly SagaMemory? _memory;
    private readonly ISgdStep _step;
    private readonly long _planned;
    private readonly Dictionary<int, IRowOrder> _orders = [];
    private double _largestRate;
    private double _startLoss;
    private int _unsettledEpochs;
    private double _smallestGradient = double.PositiveInfinity;
    private int _retries;

    // Where the epoch under way stands: the chunk, the place of the next batch in the chunk's order (-1 before the order is
    // drawn), and the sums over the rows so far.
    private int _chunk;
    private int _place = -1;
    private CompensatedSum _epochLoss;
    private CompensatedSum _epochWeight;

    /// <param name="objective">What is minimised.</param>
    /// <param name="plan">How.</param>
    /// <param name="start">Where to begin.</param>
    public SgdSolver(LinearObjective objective, FitPlan plan, LinearWeights start)
    {
        (_objective, _plan) = (objective, plan);
        _planned = plan.StepsPerEpoch * plan.Epochs;
        if (plan.Solver == Solver.Saga)
            _memory = new SagaMemory(objective.Summary.Rows, objective.Outputs, objective.Summary.TargetWeight,
                checked(objective.Outputs * (start.Stride + 1)), objective.Shares);

        // The first chunk stands for all rows; of a cluster rows of all shares do.
        using var sample = objective.Shares is { } all ? new RowSet([all.Sample(SampleRows)]) : null;
        using var pass = objective.Chunks.GetEnumerator();
        pass.MoveNext();
        (_step, var rate) = Begin(sample ?? pass.Current, start);

        // What was too large for SAGA to settle the last time would lead it away from where it is.
        var isDerived = plan.LearningRate is null && plan.Schedule is null;
        _largestRate = _memory is not null && isDerived ? Math.Min(rate, plan.SettledRate ?? rate) : rate;
        if (_memory is not null && isDerived && plan.IsValidated && pass.Current.IsSparse)
            _largestRate *= ValidatedShare;
        StepsBefore = plan.StepsBefore
            ?? (plan.InitialWeights is null || plan.Schedule is not null || _memory is not null ? 0 : UnknownPast * _planned);
        _step.Save();
    }

    public LinearWeights Weights => _step.Weights;

    public long StepsBefore { get; }

    public double? SettledRate => _memory is null ? null : _largestRate;

    public double? Gap => null;

    /// <summary>Whether the loss exploded at every learning rate that was tried.</summary>
    public bool HasGivenUp => _retries > MostRetries;

    /// <summary>The weighted mean loss of the epoch under way; NaN before its first step.</summary>
    private double EpochLoss => _epochLoss.Value / _epochWeight.Value;

    private bool HasDiverged => _epochWeight.Value > 0
        && (!double.IsFinite(EpochLoss) || EpochLoss > ExplodingLoss * Math.Max(_startLoss, Math.Log(Math.Max(2, _plan.Outputs))));

    public StopReason Run(FitRun run)
    {
        if (_memory is not null && (_plan.InitialWeights ?? _plan.NearWeights) is not null && run.ResumedFrom == 0)
            Remember();
        while (run.Epochs < _plan.Epochs || IsWorthMore(run))
        {
            if (!TryEpoch(run))
                return StopReason.Cancelled;
            if (HasDiverged)
                Retreat(run);
            else if (EndEpoch(run) is { } reason)
                return reason;
            run.SaveAfterEpoch();
            if (_plan.LeastGain > 0 && run.LastGain() < _plan.LeastGain)
                break;
        }

        return StopReason.MaximumEpochs;
    }

    /// <summary>
    /// Whether SAGA goes on beyond its epochs, where Newton's method would have to do without factors of the Hessian: while the objective
    /// falls fast enough to be at its minimum soon.
    /// </summary>
    private bool IsWorthMore(FitRun run) => _plan.NewtonSteps > 0 && _plan.LeastGain == 0 && run.Epochs < _plan.Epochs + _plan.NewtonSteps
        && run.Foretell(FinishedSolver.Near) is ( > FinishedSolver.Near, var epochs) && epochs <= MostMore * _plan.Epochs;

    public void TakeBest() => _step.Restore();

    /// <summary>Weights that have just blown up are not returned.</summary>
    public void Settle()
    {
        if (HasDiverged)
            _step.Restore();
    }

    public void Serialize(StateStream state)
    {
        var rows = _objective.Summary;
        var chunks = _objective.Shares is null ? (rows.Rows + rows.ChunkRows - 1) / rows.ChunkRows : 1;
        SerializeRate(state);
        state.Value(ref _startLoss, 0, double.MaxValue);
        state.Value(ref _unsettledEpochs, 0, SettleEpochs - 1);
        state.Value(ref _smallestGradient, 0, double.PositiveInfinity);
        state.Value(ref _retries, 0, MostRetries);
        state.Value(ref _chunk, 0, (int)chunks);
        state.Value(ref _place, -1, rows.ChunkRows);
        state.Values(MemoryMarshal.Cast<CompensatedSum, double>(new Span<CompensatedSum>(ref _epochLoss)));
        state.Values(MemoryMarshal.Cast<CompensatedSum, double>(new Span<CompensatedSum>(ref _epochWeight)));
        OrderOf(rows.ChunkRows).Serialize(state, (_plan.Epochs + _plan.NewtonSteps + 1L + _retries) * chunks);
        if (chunks > 1 && rows.Rows % rows.ChunkRows is > 0 and var last)
            OrderOf((int)last).Serialize(state, _plan.Epochs + _plan.NewtonSteps + 1L + _retries);
        _memory?.Serialize(state);
        _step.Serialize(state);
    }

    /// <summary>What is asked of it when it has come to its end.</summary>
    public void SerializeRate(StateStream state) => state.Value(ref _largestRate, 0, double.MaxValue);

    public void Dispose()
    {
        _step.Dispose();
        _memory?.Dispose();
    }

    /// <summary>The step, and its largest rate.</summary>
    private (ISgdStep Step, double Rate) Begin(RowSet rows, LinearWeights start)
    {
        var curvature = _objective.Loss.Curvature;
        // A schedule brings the rates themselves; a divergence cuts what it is multiplied by.
        var given = _plan.Schedule is not null ? 1 : _plan.LearningRate;
        if (!rows.IsSparse)
        {
            return (new DenseStep(_objective, _plan, start, _memory), given
                ?? LearningRateRule.ForDense(
                    rows, _objective.Scaling, curvature, _plan.BatchSize, (_plan.Rule as Sgd)?.Momentum ?? 0, _plan.Seed));
        }

        var step = new SparseStep(_objective, rows, _plan, start, _memory) { Shares = _objective.Shares };
        // The rows of a sample have no place in the memory of a rank's own.
        using var trial = step.Shares is null ? null : new SparseStep(_objective, rows, _plan, start, memory: null);
        return (step, given ?? _plan.NearRate ?? LearningRateRule.Search(trial ?? step, rows, _plan.PartSize,
            LearningRateRule.ForSparse(rows, _objective.Scaling, curvature), _objective.Penalty, _plan.Seed));
    }

    /// <summary>
    /// Fills SAGA's memory with the gradients at the initial weights, a pass at rate 0: without it, the first steps would be as
    /// noisy as those of a fit that begins with nothing, and would forget what the weights already know.
    /// </summary>
    private void Remember()
    {
        foreach (var rows in _objective.Chunks)
        {
            var inOrder = NewOrder(rows.Rows);
            for (var from = 0; from < inOrder.Count; from += _plan.PartSize)
                _step.Take(rows, inOrder.Batch(from, _plan.PartSize), rate: 0);
        }

        _step.RestartRule();
    }

    /// <summary>The rest of a pass over the rows, up to an explosion; false when the fit was cancelled in the middle.</summary>
    private bool TryEpoch(FitRun run)
    {
        var chunk = 0;
        foreach (var rows in _objective.Chunks)
        {
            if (chunk++ < _chunk)
                continue;
            if (!TryChunk(rows, run))
                return false;
            if (!double.IsFinite(_epochLoss.Value))
                return true;
            (_chunk, _place) = (chunk, -1);
        }

        return true;
    }

    private bool TryChunk(RowSet rows, FitRun run)
    {
        var order = OrderOf(rows.Rows);
        if (_place < 0)
        {
            order.Shuffle();
            _place = 0;
        }

        while (_place < order.Count)
        {
            if (run.IsCancelled)
                return false;
            var batch = order.Batch(_place, _plan.PartSize);
            _place = Math.Min(_place + _plan.PartSize, order.Count);
            // The shares of a cluster fill one batch after the other.
            var next = _objective.Shares is null ? order.Batch(_place, _plan.PartSize) : default;
            var sums = _step.Take(rows, batch, Rate(run.Steps), next);
            if (sums.Weight == 0)
                continue;
            if (run.Steps++ == 0)
                _startLoss = sums.Loss / sums.Weight;
            _epochLoss.Add(sums.Loss);
            _epochWeight.Add(sums.Weight);
            if (!double.IsFinite(sums.Loss))
                return true;
            run.SaveAfterStep();
        }

        return true;
    }

    /// <summary>Chunks of as many rows share an order, which is shuffled on for each: all but the last chunk have the same.</summary>
    private IRowOrder OrderOf(int rows)
    {
        // Of a cluster all shares are one chunk.
        var size = _objective.Shares is null ? rows : 0;
        if (!_orders.TryGetValue(size, out var order))
            _orders[size] = order = NewOrder(rows);
        return order;
    }

    private IRowOrder NewOrder(int rows) =>
        _objective.Shares is { } shares ? new ShareOrder(shares, _plan.Seed) : new RowOrder(rows, _plan.Seed);

    /// <summary>
    /// The rate of a step. After s steps before it, a fit of n begins at n / (n + s) of the largest rate: over fits of the same length
    /// the rates at which they begin fall as 1/t, as those of any stochastic approximation must in the long run.
    /// </summary>
    private double Rate(long step)
    {
        if (_plan.Schedule is { } schedule)
            return Optimizer.CheckRate(_largestRate * schedule.Rate(StepsBefore + step));
        if (_memory is not null)
            return _largestRate;
        var planned = (double)_planned;
        return _largestRate * (planned / (planned + StepsBefore)) * Math.Max(0, 1 - step / planned);
    }

    private StopReason? EndEpoch(FitRun run)
    {
        var isBest = run.EndEpoch(EpochLoss, Rate(run.Steps - 1), _step.Weights);
        var isSettled = _memory is null ? Math.Abs(run.LastGain()) < _plan.Tolerance : IsSettled(_step.RememberedGradient());
        BeginEpoch();
        if (isBest)
            _step.Save();
        return run.Stop(isSettled);
    }

    private void BeginEpoch()
    {
        (_chunk, _place) = (0, -1);
        _epochLoss = default;
        _epochWeight = default;
    }

    /// <summary>
    /// SAGA's gradient falls from epoch to epoch unless the constant rate is too large for it to settle, which is then cut;
    /// true when the gradient is as small as was asked for. Where validation rows choose among the epochs' models, each of these counts,
    /// and the rate is cut at once: else the best of them is the one that the noise was kindest to.
    /// </summary>
    private bool IsSettled((double Norm, double GapBound) gradient)
    {
        var gradientNorm = gradient.Norm;
        if (gradientNorm < _smallestGradient)
        {
            _smallestGradient = gradientNorm;
            _unsettledEpochs = 0;
        }
        else if (++_unsettledEpochs >= (_plan.IsValidated ? 1 : SettleEpochs))
        {
            _largestRate *= SettleFactor;
            _unsettledEpochs = 0;
        }

        // A memory of rows that were seen long ago may make a gradient of 0 with the weights that have followed it: the rows must say so.
        return IsSmall(gradient) && IsSmall(_objective.Slopes(_step.Weights));

        bool IsSmall((double Norm, double GapBound) slopes) =>
            slopes.Norm <= _plan.Tolerance || slopes.GapBound <= _plan.Enough * EpochLoss;
    }

    /// <summary>Goes back to the last good weights with a smaller learning rate, or gives up.</summary>
    private void Retreat(FitRun run)
    {
        _retries++;
        if (HasGivenUp)
        {
            var rate = _largestRate.ToString("g3", CultureInfo.InvariantCulture);
            throw run.Divergence(EpochLoss, $" and stayed so after {MostRetries} retries, the last with learning rate {rate}");
        }

        _step.Restore();
        run.Retreat();
        _largestRate *= RetryFactor;
        BeginEpoch();
    }
}
