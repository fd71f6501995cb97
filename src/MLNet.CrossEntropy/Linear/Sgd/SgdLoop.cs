using System.Diagnostics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Mini-batch SGD for linear models judged from their logits: minimises
/// <c>J(W, b) = sum_i w_i l(W x_i + b) / sum_i w_i + l2/2 ||W||^2 + l1 ||W||_1</c>.
/// </summary>
/// <remarks>
/// The learning rate starts at <see cref="LearningRateRule"/>'s (or the given one) and falls linearly to 0 over the planned
/// steps, which makes the last weights the average that stochastic steps need. The same rows, options and seed give the same
/// bits, whatever the number of threads. An epoch goes through the rows chunk by chunk: rows in memory are one chunk that is
/// kept, rows of a source are read anew in each epoch.
/// </remarks>
internal sealed partial class SgdLoop
{
    private const int MostRetries = 6;
    private const double RetryFactor = 0.25;
    private const double SettleFactor = 0.5;
    private const int SettleEpochs = 3;

    // A mean loss this many times that of the first batch (or of guessing, if that is more) means that the steps blow up.
    private const double ExplodingLoss = 10;

    private readonly IEnumerable<RowSet> _chunks;
    private readonly RowSet? _validation;
    private readonly SgdBeginning _beginning;
    private readonly SgdOptions _options;
    private readonly SgdPlan _plan;
    private readonly MiniBatchStep _step;
    private readonly Dictionary<int, RowOrder> _orders = [];
    private readonly FeatureScaling _scaling;
    private readonly List<EpochReport> _history = [];
    private readonly EarlyStopping _stopping;
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _largestRate;
    private double _startLoss;
    private int _unsettledEpochs;
    private double _smallestGradient = double.PositiveInfinity;
    private double _bestObjective = double.PositiveInfinity;
    private int _retries;
    private long _steps;
    private readonly long _stepsBefore;

    // Where the epoch under way stands: the chunk, the place of the next batch in the chunk's order (-1 before the order is
    // drawn), and the sums over the rows so far.
    private int _chunk;
    private int _place = -1;
    private CompensatedSum _epochLoss;
    private CompensatedSum _epochWeight;

    private SgdResult Run()
    {
        if (_plan.Solver == Solver.Saga && _options.InitialWeights is not null && _resumedFrom == 0)
            Remember();
        var reason = RunEpochs();
        if (IsBrokenOff(reason) && _steps > 0)
            _checkpoint?.Write(_history.Count, _steps);
        if (reason == StopReason.Cancelled && (_steps == 0 || _options.OnCancellation == CancellationAnswer.Throw))
            throw Cancelled();
        Settle(reason);
        var weights = new float[checked(_options.Outputs * _scaling.Scales.Length)];
        var biases = new float[_options.Outputs];
        _step.CopyTo(weights, biases);
        var result = new SgdResult
        {
            Weights = weights,
            Biases = biases,
            Beginning = _beginning,
            History = _history,
            BestEpoch = _stopping.BestEpoch > 0 ? _stopping.BestEpoch : null,
            Steps = _steps,
            ResumedFrom = _resumedFrom,
            TotalSteps = _stepsBefore + _steps,
            SettledRate = _plan.Solver == Solver.Saga ? _largestRate : null,
            StopReason = reason,
            Certificate = reason == StopReason.Cancelled && _chunks is RowChunks
                ? OptimalityCertificate.NotMeasured
                : _step.Certify(_chunks, _options.L1, _options.L2),
        };
        if (!IsBrokenOff(reason))
            _checkpoint?.Delete();
        return result;
    }

    private StopReason RunEpochs()
    {
        try
        {
            var reason = StopReason.MaximumEpochs;
            while (_history.Count < _plan.Epochs && reason == StopReason.MaximumEpochs)
            {
                if (RunEpoch() is { } stopped)
                    return stopped;
                if (HasDiverged())
                    Retreat();
                else
                    reason = EndEpoch();
                if (reason == StopReason.MaximumEpochs && _history.Count < _plan.Epochs)
                    _checkpoint?.AfterEpoch(_history.Count, _steps);
            }

            return reason;
        }
        catch (OperationCanceledException) when (_options.Cancellation.IsCancellationRequested)
        {
            return StopReason.Cancelled;
        }
    }

    /// <summary>Takes up the weights to return.</summary>
    private void Settle(StopReason reason)
    {
        var isLastWanted = reason == StopReason.Cancelled && _options.OnCancellation == CancellationAnswer.ReturnLast;
        if (HasDiverged() || (_stopping.BestEpoch > 0 && !isLastWanted))
            _step.Restore();
    }

    private OperationCanceledException Cancelled() => new(
        _steps == 0
            ? "The fit was cancelled before its first step: there is no model to return."
            : $"The fit was cancelled in epoch {_history.Count + 1}, after {_steps} steps. To get the model so far instead of this error, let the answer to cancellation be {CancellationAnswer.ReturnBest} or {CancellationAnswer.ReturnLast}.",
        _options.Cancellation);

    /// <summary>The rest of a pass over the rows; returns why the fit must stop in the middle, if it must.</summary>
    private StopReason? RunEpoch()
    {
        var chunk = 0;
        foreach (var rows in _chunks)
        {
            if (chunk++ < _chunk)
                continue;
            if (RunChunk(rows) is { } reason)
                return reason;
            if (!double.IsFinite(_epochLoss.Value))
                return null;
            (_chunk, _place) = (chunk, -1);
        }

        return null;
    }

    private StopReason? RunChunk(RowSet rows)
    {
        var order = OrderOf(rows.Rows);
        if (_place < 0)
        {
            order.NextEpoch();
            _place = 0;
        }

        while (_place < order.Rows.Length)
        {
            if (Interruption() is { } reason)
                return reason;
            var batch = order.Batch(_place, _plan.BatchSize);
            _place += batch.Length;
            var taken = _step.Take(rows, batch, Rate(_steps), order.Batch(_place, _plan.BatchSize));
            if (taken.Weight == 0)
                continue;
            if (_steps++ == 0)
                _startLoss = taken.Loss / taken.Weight;
            _epochLoss.Add(taken.Loss);
            _epochWeight.Add(taken.Weight);
            if (!double.IsFinite(taken.Loss))
                return null;
            _checkpoint?.AfterStep(_steps);
        }

        return null;
    }

    private void BeginEpoch()
    {
        (_chunk, _place) = (0, -1);
        _epochLoss = default;
        _epochWeight = default;
    }

    private StopReason? Interruption()
    {
        if (_options.Cancellation.IsCancellationRequested)
            return StopReason.Cancelled;
        return _options.MaximumDuration is { } budget && Stopwatch.GetElapsedTime(_began) >= budget ? StopReason.OutOfTime : null;
    }

    /// <summary>Chunks of as many rows share an order, which is shuffled on for each: all but the last chunk have the same.</summary>
    private RowOrder OrderOf(int rows)
    {
        if (!_orders.TryGetValue(rows, out var order))
            _orders[rows] = order = new RowOrder(rows, _options.Shuffle, _options.Seed);
        return order;
    }

    private TimeSpan Elapsed => _elapsedBefore + Stopwatch.GetElapsedTime(_began);

    /// <summary>
    /// The rate of a step. After s steps before it, a fit of n begins at n / (n + s) of the largest rate: over fits of the same length
    /// the rates at which they begin fall as 1/t, as those of any stochastic approximation must in the long run.
    /// </summary>
    private double Rate(long step)
    {
        if (_options.Schedule is { } schedule)
            return Optimizer.CheckRate(_largestRate * schedule.Rate(_stepsBefore + step));
        if (_plan.Solver is Solver.Saga or Solver.Newton)
            return _largestRate;
        var planned = (double)_plan.Steps;
        return _largestRate * (planned / (planned + _stepsBefore)) * Math.Max(0, 1 - step / planned);
    }

    /// <summary>
    /// Fills SAGA's memory with the gradients at the initial weights, a pass at rate 0: without it, the first steps would be as
    /// noisy as those of a fit that begins with nothing, and would forget what the weights already know.
    /// </summary>
    private void Remember()
    {
        foreach (var rows in _chunks)
        {
            int[] inOrder = [.. Enumerable.Range(0, rows.Rows)];
            for (var from = 0; from < inOrder.Length; from += _plan.BatchSize)
                _step.Take(rows, inOrder.AsSpan(from, Math.Min(_plan.BatchSize, inOrder.Length - from)), 0);
        }

        _step.RestartOptimizer();
    }

    private StopReason EndEpoch()
    {
        var loss = EpochLoss;
        var objective = loss + _step.Penalty(_options.L1, _options.L2);
        var validation = _validation is null ? (ValidationLoss?)null : _step.Judge(_validation, _options.Cancellation);
        var report = new EpochReport
        {
            Epoch = _history.Count + 1,
            MaximumEpochs = _plan.Epochs,
            Steps = _steps,
            LearningRate = Rate(_steps - 1),
            TrainingLoss = loss,
            Objective = objective,
            ValidationLoss = validation?.Mean,
            ValidationStandardError = validation?.StandardError,
            Elapsed = Elapsed,
        };
        var previous = _history.Count == 0 ? double.PositiveInfinity : _history[^1].Objective;
        var isBest = report.Objective <= _bestObjective;
        _bestObjective = Math.Min(_bestObjective, report.Objective);
        _history.Add(report);
        BeginEpoch();
        _options.OnEpoch?.Invoke(report);
        var isSettled = false;
        if (_plan.Solver == Solver.Saga)
            isSettled = IsSettled(_step.RememberedGradientNorm());
        else if (_plan.Solver == Solver.Newton)
            isSettled = _step.RememberedGradientNorm() <= _options.GradientTolerance;

        if (validation is { } judged)
        {
            if (_stopping.IsBest(judged, report.Epoch))
                _step.Save();
            return _stopping.IsOutOfPatience ? StopReason.PatienceExhausted : StopReason.MaximumEpochs;
        }

        if (isBest)
            _step.Save();
        isSettled |= _plan.Solver == Solver.Sgd && Math.Abs(previous - report.Objective) < _options.Tolerance * report.Objective;
        return isSettled ? StopReason.Converged : StopReason.MaximumEpochs;
    }

    /// <summary>
    /// SAGA's gradient falls from epoch to epoch unless the constant rate is too large for it to settle, which is then cut;
    /// true when the gradient is as small as was asked for.
    /// </summary>
    private bool IsSettled(double gradientNorm)
    {
        if (gradientNorm < _smallestGradient)
        {
            _smallestGradient = gradientNorm;
            _unsettledEpochs = 0;
        }
        else if (++_unsettledEpochs == SettleEpochs)
        {
            _largestRate *= SettleFactor;
            _unsettledEpochs = 0;
        }

        return gradientNorm <= _options.GradientTolerance;
    }

    /// <summary>The weighted mean loss of the epoch under way; NaN before its first step.</summary>
    private double EpochLoss => _epochLoss.Value / _epochWeight.Value;

    private bool HasDiverged() => _epochWeight.Value > 0
        && (!double.IsFinite(EpochLoss) || EpochLoss > ExplodingLoss * Math.Max(_startLoss, Math.Log(Math.Max(2, _options.Outputs))));

    /// <summary>Goes back to the last good weights with a smaller learning rate, or gives up.</summary>
    private void Retreat()
    {
        if (++_retries > MostRetries)
            throw Divergence(EpochLoss);
        _step.Restore();
        _steps = _history.Count * _plan.StepsPerEpoch;
        _largestRate *= RetryFactor;
        _checkpoint?.StartFrom(_history.Count, _steps);
        BeginEpoch();
    }

    private InvalidOperationException Divergence(double loss)
    {
        var feature = 0;
        for (var j = 1; j < _scaling.Scales.Length; j++)
        {
            if (_scaling.Scales[j] < _scaling.Scales[feature])
                feature = j;
        }

        return new InvalidOperationException(
            $"Training diverged in epoch {_history.Count + 1}: the mean loss was {loss} and stayed so after {MostRetries} retries, " +
            $"the last with learning rate {_largestRate:g3}. The feature of largest scale is number {feature}. " +
            "Leave the learning rate to be chosen from the data, or normalise the features, or remove outliers.");
    }
}
