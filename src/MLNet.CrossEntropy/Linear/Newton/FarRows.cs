using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The rows that lie absurdly far out, which a quadratic model knows badly: an output of theirs that is fitted, however barely, curves the
/// objective more than all other rows, and would hold weights where they are for a step for every nat of its log-odds. It is left out of a
/// step's model, as a constraint that holds; where the step would break it, it comes back, and stays until a step lets go of it.
/// </summary>
internal sealed class FarRows
{
    private const double FarOut = 1_000;
    private const int MostRows = 1_000;

    // An output is fitted when its probability is no further from its label's; a step that takes it so much further breaks it.
    private const double Fitted = 0.1;

    // The least curvature of an output that is held.
    private const double Stiffness = 0.01;

    private readonly LinearObjective _objective;
    private readonly LocalObjective _local;
    private readonly int _outputs;
    private readonly List<Row> _rows = [];
    private readonly float[] _logits;
    private readonly float[] _errors;
    private readonly double[] _exact;

    private FarRows(LinearObjective objective, LocalObjective local)
    {
        (_objective, _local, _outputs) = (objective, local, objective.Outputs);
        (_logits, _errors, _exact) = (new float[_outputs], new float[_outputs], new double[_outputs]);
    }

    /// <summary>Those among the rows of a fit; null where there are none, or so many that they are no exception.</summary>
    public static FarRows? Of(LinearObjective objective, LocalObjective local)
    {
        if (objective.Scaling.FarOutFeatures.Count == 0 || objective.Shares is not null)
            return null;
        var far = new FarRows(objective, local);
        Span<int> label = stackalloc int[1];
        for (var i = 0; i < local.Rows.Rows && far._rows.Count <= MostRows; i++)
        {
            if (!objective.Scaling.FarOutFeatures.Any(feature => Math.Abs(far.Value(i, feature.Feature)) > FarOut)
                || !RowLosses.ReadHardLabels(local.Rows, RowNumbers.From(i, 1), 0, objective.Outputs, label))
                continue;
            double[] values = [.. Enumerable.Range(0, objective.Features).Select(j => far.Value(i, j))];
            far._rows.Add(new Row(i, label[0], objective.Outputs, values));
        }

        return far._rows.Count is 0 or > MostRows ? null : far;
    }

    /// <summary>
    /// Computes the logits of the rows at a point in double, and what follows from them: floats do not tell weights whose difference times
    /// such a value is a few nats.
    /// </summary>
    public void MoveTo(double[] point, double[] gradient)
    {
        foreach (var row in _rows)
        {
            var before = Compute(row, length: 0, row.Errors);
            SetLogits(row, point, _local.Logits);
            var after = Compute(row, length: 0, _errors);
            _local.MeanLoss += (after.Loss - before.Loss) / _local.Weight;
            for (var k = 0; k < _outputs; k++)
                AddRow(row, k, (_errors[k] - (double)row.Errors[k]) / _local.Weight, gradient);
        }

        if (!_objective.Loss.HasIndependentOutputs)
            Centre(point, gradient);
    }

    /// <summary>The same of a direction's logits.</summary>
    public void Aim(double[] direction)
    {
        foreach (var row in _rows)
            SetLogits(row, direction, _local.LineLogits);
    }

    /// <summary>Leaves what is fitted out of the model: its curvature, and what it adds to the gradient.</summary>
    public void LeaveOut(double[] gradient)
    {
        foreach (var row in _rows)
        {
            var terms = Terms(row);
            terms.CopyTo(row.Terms);
            var enough = Fitted * Compute(row, length: 0, row.Errors).Weight;
            for (var k = 0; k < _outputs; k++)
            {
                row.IsOut[k] = Math.Abs(row.Errors[k]) <= enough && !row.IsKept[k] && !IsRest(row, k);
                if (!row.IsOut[k])
                    continue;
                terms[k] = 0;
                AddSlopes(row, k, -1, gradient);
            }
        }
    }

    /// <summary>Takes back what a whole step along the line would break; false where there is nothing.</summary>
    public bool TakeBack(double[] gradient)
    {
        var isBroken = false;
        foreach (var row in _rows)
        {
            var weight = Compute(row, length: 1, _errors).Weight;
            for (var k = 0; k < _outputs; k++)
            {
                double there = Math.Abs(_errors[k]), here = Math.Abs(row.Errors[k]);
                var isBreaking = !(there <= here + Fitted * weight);
                row.IsKept[k] = isBreaking || (row.IsKept[k] && there >= here);
                var terms = Terms(row);
                // Its own curvature may be next to nothing, and would not hold it.
                var stiff = Math.Max(row.Terms[k], (float)(Stiffness * weight));
                if (!isBreaking || IsRest(row, k) || terms[k] >= stiff)
                    continue;
                terms[k] = stiff;
                if (row.IsOut[k])
                    AddSlopes(row, k, 1, gradient);
                row.IsOut[k] = false;
                isBroken = true;
            }
        }

        return isBroken;
    }

    /// <summary>A value in scaled coordinates.</summary>
    private double Value(int number, int feature)
    {
        var (scale, mean) = ((double)_objective.Scaling.Scales[feature], (double)_objective.Scaling.Means[feature]);
        if (!_local.Rows.IsSparse)
            return scale * (_local.Rows.Values(number)[feature] - mean);
        var row = _local.Rows.Sparse(number);
        var place = row.Indices.BinarySearch(feature);
        return place < 0 ? 0 : scale * row.Values[place];
    }

    /// <summary>Whether an output is what the others leave, and has no error but theirs.</summary>
    private bool IsRest(Row row, int k) => !_objective.Loss.HasIndependentOutputs && k == row.Label;

    private Span<float> Terms(Row row) => _local.Terms.Span((long)row.Number * _outputs, _outputs);

    /// <summary>What is held, on which the next step's model depends.</summary>
    public void Serialize(StateStream state)
    {
        foreach (var row in _rows)
        {
            foreach (ref var isKept in row.IsKept.AsSpan())
                state.Value(ref isKept);
        }
    }

    /// <summary>Loss, weight and errors of a row so far along the line.</summary>
    private LossSums Compute(Row row, float length, Span<float> errors)
    {
        var start = (long)row.Number * _outputs;
        ReadOnlySpan<float> here = _local.Logits.Span(start, _outputs), line = _local.LineLogits.Span(start, _outputs);
        for (var k = 0; k < _outputs; k++)
            _logits[k] = here[k] + length * line[k];
        return RowLosses.Compute(_objective.Loss, _local.Rows, RowNumbers.From(row.Number, 1), _outputs, _logits, errors);
    }

    /// <summary>
    /// What a softmax's errors add to the gradient sums to 0 over the outputs; times such a value their rounding would not.
    /// </summary>
    private void Centre(double[] point, double[] gradient)
    {
        var features = _objective.Features;
        for (var j = 0; j < features; j++)
        {
            double excess = 0, scale = _objective.Scaling.Scales[j], l2 = _objective.Penalty.L2Of(j);
            for (var k = 0; k < _outputs; k++)
            {
                var weight = scale * point[k * features + j] - _objective.Penalty.CentreOf(k, j);
                excess += (gradient[k * features + j] - scale * l2 * weight) / _outputs;
            }

            for (var k = 0; k < _outputs; k++)
                gradient[k * features + j] -= excess;
        }
    }

    /// <summary>Of a softmax only the differences between logits count: their mean would take the digits.</summary>
    private void SetLogits(Row row, double[] parameters, NativeBuffer<float> logits)
    {
        var features = row.Values.Length;
        for (var k = 0; k < _outputs; k++)
            _exact[k] = SpanMath.Dot(row.Values, parameters.AsSpan(k * features, features)) + parameters[_outputs * features + k];
        var mean = _objective.Loss.HasIndependentOutputs ? 0 : SpanMath.Sum(_exact) / _outputs;
        for (var k = 0; k < _outputs; k++)
            logits[(long)row.Number * _outputs + k] = (float)(_exact[k] - mean);
    }

    private void AddSlopes(Row row, int k, double factor, double[] gradient)
    {
        var slope = factor * row.Errors[k] / _local.Weight;
        AddRow(row, k, slope, gradient);
        if (!_objective.Loss.HasIndependentOutputs)
            AddRow(row, row.Label, -slope, gradient);
    }

    private void AddRow(Row row, int output, double share, double[] gradient)
    {
        SpanMath.AddScaled(gradient.AsSpan(output * row.Values.Length, row.Values.Length), share, row.Values);
        gradient[_outputs * row.Values.Length + output] += share;
    }

    private sealed class Row(int number, int label, int outputs, double[] values)
    {
        /// <summary>Its values in scaled coordinates.</summary>
        public double[] Values { get; } = values;

        public int Number { get; } = number;

        public int Label { get; } = label;

        public float[] Terms { get; } = new float[outputs];

        public float[] Errors { get; } = new float[outputs];

        public bool[] IsOut { get; } = new bool[outputs];

        public bool[] IsKept { get; } = new bool[outputs];
    }
}
