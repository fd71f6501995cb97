using System.Diagnostics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Optimization;

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
    private readonly SgdOptions _options;
    private readonly SgdPlan _plan;
    private readonly MiniBatchStep _step;
    private readonly Dictionary<int, RowOrder> _orders = [];
    private readonly FeatureScaling _scaling;
    private readonly List<EpochReport> _history = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _largestRate;
    private double _startLoss;
    private int _unsettledEpochs;
    private double _smallestGradient = double.PositiveInfinity;
    private double _bestObjective = double.PositiveInfinity;
    private double _bestValidation = double.PositiveInfinity;
    private int _epochsSinceBest;
    private int _retries;
    private long _steps;

    private SgdResult Run()
    {
        _step.Save();
        var reason = StopReason.MaximumEpochs;
        while (_history.Count < _plan.Epochs && reason == StopReason.MaximumEpochs)
        {
            var (loss, stopped) = RunEpoch();
            if (stopped is null && HasDiverged(loss))
                Retreat(loss);
            else
                reason = stopped ?? EndEpoch(loss);
        }

        if (_validation is not null && double.IsFinite(_bestValidation))
            _step.Restore();
        else
            _step.Finish();
        var weights = new float[checked(_options.Outputs * _scaling.Scales.Length)];
        var biases = new float[_options.Outputs];
        _step.CopyTo(weights, biases);
        return new SgdResult
        {
            Weights = weights,
            Biases = biases,
            History = _history,
            StopReason = reason,
            Certificate = _step.Certify(_chunks, _options.L1, _options.L2),
        };
    }

    /// <summary>One pass over the rows; returns its weighted mean loss, and why the fit must stop in the middle, if it must.</summary>
    private (double Loss, StopReason? Stopped) RunEpoch()
    {
        CompensatedSum loss = default, weight = default;
        foreach (var rows in _chunks)
        {
            var order = OrderOf(rows).NextEpoch();
            for (var from = 0; from < order.Length; from += _plan.BatchSize)
            {
                if (Interruption() is { } reason)
                    return (loss.Value / weight.Value, reason);
                var batch = order.Slice(from, Math.Min(_plan.BatchSize, order.Length - from));
                var taken = _step.Take(rows, batch, Rate(_steps));
                if (taken.Weight == 0)
                    continue;
                if (_steps++ == 0)
                    _startLoss = taken.Loss / taken.Weight;
                loss.Add(taken.Loss);
                weight.Add(taken.Weight);
                if (!double.IsFinite(taken.Loss))
                    return (double.NaN, null);
            }
        }

        return (loss.Value / weight.Value, null);
    }

    private StopReason? Interruption()
    {
        if (_options.Cancellation.IsCancellationRequested)
            return StopReason.Cancelled;
        return _options.MaximumDuration is { } budget && Stopwatch.GetElapsedTime(_began) >= budget ? StopReason.OutOfTime : null;
    }

    /// <summary>Chunks of as many rows share an order, which is shuffled on for each: all but the last chunk have the same.</summary>
    private RowOrder OrderOf(RowSet rows)
    {
        if (!_orders.TryGetValue(rows.Rows, out var order))
            _orders[rows.Rows] = order = new RowOrder(rows.Rows, _options.Shuffle, _options.Seed);
        return order;
    }

    private double Rate(long step) => _largestRate * (_options.Schedule?.Rate(step)
        ?? (_plan.Method == SgdMethod.Saga ? 1 : Math.Max(0, 1 - (double)step / (_plan.StepsPerEpoch * _plan.Epochs))));

    private StopReason EndEpoch(double loss)
    {
        var report = new EpochReport
        {
            Epoch = _history.Count + 1,
            MaximumEpochs = _plan.Epochs,
            Steps = _steps,
            LearningRate = Rate(_steps - 1),
            TrainingLoss = loss,
            Objective = loss + _step.Penalty(_options.L1, _options.L2),
            ValidationLoss = _validation is null ? null : _step.MeanLoss(_validation),
            Elapsed = Stopwatch.GetElapsedTime(_began),
        };
        var previous = _history.Count == 0 ? double.PositiveInfinity : _history[^1].Objective;
        var isBest = report.Objective <= _bestObjective;
        _bestObjective = Math.Min(_bestObjective, report.Objective);
        _history.Add(report);
        _options.OnEpoch?.Invoke(report);
        var isSettled = false;
        if (_plan.Method == SgdMethod.Saga)
            isSettled = Settle(_step.RememberedGradientNorm());

        if (report.ValidationLoss is not { } validation)
        {
            if (isBest)
                _step.Save();
            isSettled |= Math.Abs(previous - report.Objective) < _options.Tolerance * report.Objective;
            return isSettled ? StopReason.Converged : StopReason.MaximumEpochs;
        }

        if (validation < _bestValidation)
        {
            _bestValidation = validation;
            _epochsSinceBest = 0;
            _step.Save();
            return StopReason.MaximumEpochs;
        }

        return ++_epochsSinceBest >= _options.Patience ? StopReason.PatienceExhausted : StopReason.MaximumEpochs;
    }

    /// <summary>
    /// SAGA's gradient falls from epoch to epoch unless the constant rate is too large for it to settle, which is then cut;
    /// true when the gradient is as small as was asked for.
    /// </summary>
    private bool Settle(double gradientNorm)
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

    private bool HasDiverged(double loss) =>
        !double.IsFinite(loss) || loss > ExplodingLoss * Math.Max(_startLoss, Math.Log(Math.Max(2, _options.Outputs)));

    /// <summary>Goes back to the last good weights with a smaller learning rate, or gives up.</summary>
    private void Retreat(double loss)
    {
        if (++_retries > MostRetries)
            throw Divergence(loss);
        _step.Restore();
        _steps = _history.Count * _plan.StepsPerEpoch;
        _largestRate *= RetryFactor;
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
