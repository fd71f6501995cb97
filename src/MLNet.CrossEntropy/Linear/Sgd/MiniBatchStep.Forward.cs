using MLNet.CrossEntropy.Losses;


namespace MLNet.CrossEntropy.Linear;

/// <summary>The way of a batch through logits, losses and errors, unit by unit.</summary>
internal abstract unsafe partial class MiniBatchStep
{
    /// <summary>Losses and errors of a batch; returns the weighted sum of the losses.</summary>
    private double Forward(RowSet rows, ReadOnlySpan<int> batch, Purpose purpose)
    {
        _rows = rows;
        _purpose = purpose;
        Count = batch.Length;
        batch.CopyTo(_batch);
        Team.Adapt();
        BeforeLogits(rows, batch);
        Team.Run(_forwardPhase);
        UnitSums sums = default;
        _errorSums.AsSpan().Clear();
        for (var unit = 0; unit < Units(Count); unit++)
        {
            sums.Loss += _unitSums[unit].Loss;
            sums.Weight += _unitSums[unit].Weight;
            for (var k = 0; k < Outputs; k++)
                _errorSums[k] += _unitErrors[(long)unit * Outputs + k];
        }

        _weightSum = sums.Weight;
        return BatchLoss = sums.Loss;
    }

    /// <summary>The weighted sum of the losses of the batch at hand with the logits that the step gives it now.</summary>
    protected double JudgeAgain() => Forward(_rows, Batch, Purpose.Judge);

    private void ForwardShare(int member)
    {
        var (first, end) = Team.Share(member, Units(Count));
        for (var unit = first; unit < end; unit++)
        {
            int from = unit * UnitRows, to = Math.Min(from + UnitRows, Count);
            ComputeLogits(_rows, Batch, from, to);
            ComputeErrors(unit, from, to);
            if (_purpose != Purpose.Judge)
                ComputeGradient(_rows, from, to, unit + 1 < end ? Unit(Batch, unit + 1) : FirstOfNext(member));
        }

        if (_purpose != Purpose.Judge)
            EndUnits(first, end);
    }

    private ReadOnlySpan<int> FirstOfNext(int member) => Unit(_next.AsSpan(0, _nextCount), Team.Share(member, Units(_nextCount)).From);

    /// <summary>The rows of a unit of a batch; none, if the batch ends before it.</summary>
    private ReadOnlySpan<int> Unit(ReadOnlySpan<int> batch, int unit)
    {
        var from = Math.Min(unit * UnitRows, batch.Length);
        return batch.Slice(from, Math.Min(UnitRows, batch.Length - from));
    }

    /// <summary>Losses, errors and weights of a unit, the rows <c>[from, to)</c>, and their sums.</summary>
    private void ComputeErrors(int unit, int from, int to)
    {
        if (!TryHardLabels(from, to))
        {
            for (var r = from; r < to; r++)
            {
                var target = _rows.Target(_batch[r], Outputs);
                _targetWeights[r] = (float)_judge.TargetWeight(target);
                _rowLosses[r] = _judge.LossAndGradient(Logits.Span((long)r * Outputs, Outputs), target, Errors.Span((long)r * Outputs, Outputs));
            }
        }

        SumUnit(unit, from, to);
    }

    private void SumUnit(int unit, int from, int to)
    {
        var outputs = Outputs;
        var table = _purpose == Purpose.Step ? Table : null;
        double loss = 0, weightSum = 0;
        float* errorSums = _unitErrors.Pointer + (long)unit * outputs, errors = Errors.Pointer + (long)from * outputs;
        float* weights = _weights.Pointer, targetWeights = _targetWeights.Pointer;
        var losses = _rowLosses.Pointer;
        new Span<float>(errorSums, outputs).Clear();
        for (var r = from; r < to; r++, errors += outputs)
        {
            var weight = weights[r] = _rows.Weight(_batch[r]);
            loss += weight * losses[r];
            weightSum += (double)weight * targetWeights[r];
            if (weight != 1)
                SparseKernels.Scale(errors, weight, outputs);
            table?.Replace(_batch[r], errors);
            SparseKernels.Axpy(1, errors, errorSums, outputs);
        }

        _unitSums[unit] = new UnitSums(loss, weightSum);
    }

    private bool TryHardLabels(int from, int to)
    {
        for (var r = from; r < to; r++)
        {
            // A soft label that is all on one class goes the way of a hard one, to the same bits.
            if (_rows.HasClasses)
                _labels[r] = _rows.Class(_batch[r]);
            else if (!IsOneHot(_rows.Target(_batch[r], Outputs).Vector, out _labels[r]))
                return false;
        }

        return _judge.TryHardLabels(new HardLabelRows
        {
            Outputs = Outputs,
            Labels = _labels.AsSpan(from, to - from),
            Logits = Logits.Span((long)from * Outputs, (to - from) * Outputs),
            Gradients = Errors.Span((long)from * Outputs, (to - from) * Outputs),
            Losses = _rowLosses.Span(from, to - from),
            TargetWeights = _targetWeights.Span(from, to - from),
        });
    }

    /// <summary>Whether a row's target is a hard label: 1 for a class and 0 for all others, or, of one output, just 0 or 1.</summary>
    private static bool IsOneHot(ReadOnlySpan<float> target, out int label)
    {
        label = target.Length == 1 ? (int)target[0] : target.IndexOf(1f);
        return target.Length == 1
            ? target[0] is 0 or 1
            : label >= 0 && !target[..label].ContainsAnyExcept(0f) && !target[(label + 1)..].ContainsAnyExcept(0f);
    }

    private record struct UnitSums(double Loss, double Weight);
}
