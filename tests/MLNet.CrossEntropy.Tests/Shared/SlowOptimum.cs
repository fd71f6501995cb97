namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// The optimum of <c>mean CE + l2/2 ||W||^2</c> of a linear model, found slowly and in double: L-BFGS (Nocedal and Wright 2006, algorithm
/// 7.5) on rows kept sparse, in coordinates divided by each feature's root mean square, as raw features would take it for ever.
/// </summary>
internal sealed class SlowOptimum
{
    private const int Memory = 20;
    private const int MostIterations = 5_000;

    // When so many iterations have gained less than this share, there is nothing left to gain.
    private const int Patience = 40;
    private const double LeastGain = 1e-7;

    private readonly (int Feature, double Value)[][] _rows;
    private readonly int[] _labels;
    private readonly int _outputs;
    private readonly double _l2;
    private readonly double[] _scales;

    /// <param name="x">The rows.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="outputs">The number of classes, or 1 for the sigmoid of class 1.</param>
    /// <param name="l2">The penalty, on the weights of the features as they are.</param>
    public SlowOptimum(IReadOnlyList<float[]> x, int[] labels, int outputs, double l2)
    {
        (_labels, _outputs, _l2) = (labels, outputs, l2);
        _rows = [.. x.Select(row => Enumerable.Range(0, row.Length).Where(j => row[j] != 0).Select(j => (j, (double)row[j])).ToArray())];
        _scales = new double[x[0].Length];
        foreach ((var feature, var value) in _rows.SelectMany(row => row))
            _scales[feature] += value * value / x.Count;
        _scales = [.. _scales.Select(square => square > 0 ? Math.Sqrt(square) : 1)];
    }

    /// <summary>The objective at a model's parameters, <c>[W, b]</c>.</summary>
    public double Objective(float[] parameters)
    {
        double[] scaled = [.. parameters.Select((value, i) => value * (i < Weights ? _scales[i % _scales.Length] : 1))];
        return Evaluate(scaled, new double[scaled.Length]);
    }

    /// <summary>The lowest objective there is, to about a millionth of itself.</summary>
    public double Find()
    {
        double[] at = new double[Weights + _outputs], gradient = new double[at.Length];
        double value = Evaluate(at, gradient), before = double.PositiveInfinity;
        var pairs = new LinkedList<(double[] Step, double[] Change, double Product)>();
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            if (iteration % Patience == 0)
            {
                if (before - value < LeastGain * value)
                    return value;
                before = value;
            }
            var direction = Direction(gradient, pairs);
            double slope = Dot(direction, gradient), rate = iteration == 0 ? 1 / Math.Sqrt(Dot(gradient, gradient)) : 1;
            double[] next = new double[at.Length], nextGradient = new double[at.Length];
            double nextValue;
            do
            {
                for (var i = 0; i < at.Length; i++)
                    next[i] = at[i] + (rate * direction[i]);
                nextValue = Evaluate(next, nextGradient);
                rate /= 2;
            }
            while (nextValue > value + (1e-4 * 2 * rate * slope) && rate > 1e-12);

            double[] step = [.. next.Zip(at, (a, b) => a - b)], change = [.. nextGradient.Zip(gradient, (a, b) => a - b)];
            if (Dot(step, change) is > 0 and var product)
                pairs.AddFirst((step, change, product));
            if (pairs.Count > Memory)
                pairs.RemoveLast();
            (at, gradient, value) = (next, nextGradient, nextValue);
        }
        throw new InvalidOperationException($"The reference did not get there: objective {value} after {MostIterations} iterations.");
    }

    private int Weights => _outputs * _scales.Length;

    private double Evaluate(double[] parameters, double[] gradient)
    {
        Array.Clear(gradient);
        var features = _scales.Length;
        double value = 0;
        var z = new double[_outputs];
        for (var i = 0; i < _rows.Length; i++)
        {
            for (var k = 0; k < _outputs; k++)
            {
                z[k] = parameters[Weights + k];
                foreach ((var feature, var x) in _rows[i])
                    z[k] += parameters[(k * features) + feature] * x / _scales[feature];
            }
            value += LossAndErrors(z, _labels[i]) / _rows.Length;
            for (var k = 0; k < _outputs; k++)
            {
                var error = z[k] / _rows.Length;
                gradient[Weights + k] += error;
                foreach ((var feature, var x) in _rows[i])
                    gradient[(k * features) + feature] += error * x / _scales[feature];
            }
        }
        for (var w = 0; w < Weights; w++)
        {
            double scale = _scales[w % features], raw = parameters[w] / scale;
            value += _l2 / 2 * raw * raw;
            gradient[w] += _l2 * raw / scale;
        }
        return value;
    }

    /// <summary>The loss of a row, whose logits give way to the errors q - p.</summary>
    private static double LossAndErrors(double[] z, int label)
    {
        if (z.Length == 1)
        {
            var loss = Math.Max(z[0], 0) - (label == 1 ? z[0] : 0) + Math.Log(1 + Math.Exp(-Math.Abs(z[0])));
            z[0] = (1 / (1 + Math.Exp(-z[0]))) - (label == 1 ? 1 : 0);
            return loss;
        }
        double largest = z.Max(), logSum = largest + Math.Log(z.Sum(logit => Math.Exp(logit - largest)));
        var own = logSum - z[label];
        for (var k = 0; k < z.Length; k++)
            z[k] = Math.Exp(z[k] - logSum) - (k == label ? 1 : 0);
        return own;
    }

    /// <summary>-H g, by the two loops over the last steps.</summary>
    private static double[] Direction(double[] gradient, LinkedList<(double[] Step, double[] Change, double Product)> pairs)
    {
        double[] direction = [.. gradient.Select(g => -g)];
        var shares = new Stack<double>();
        foreach ((var step, var change, var product) in pairs)
        {
            var share = Dot(step, direction) / product;
            shares.Push(share);
            Add(direction, -share, change);
        }
        if (pairs.First is { Value: var last })
        {
            var scale = last.Product / Dot(last.Change, last.Change);
            for (var i = 0; i < direction.Length; i++)
                direction[i] *= scale;
        }
        foreach ((var step, var change, var product) in pairs.Reverse())
            Add(direction, shares.Pop() - (Dot(change, direction) / product), step);
        return direction;
    }

    private static void Add(double[] sum, double factor, double[] term)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += factor * term[i];
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
