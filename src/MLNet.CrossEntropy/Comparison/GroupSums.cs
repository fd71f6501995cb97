using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The weights and weighted differences of each group of rows.</summary>
internal sealed class GroupSums
{
    private readonly List<double> _weights = [];
    private readonly List<double> _differences = [];

    public int Count => _weights.Count;

    public void Add(int group, double difference, double weight)
    {
        if (group == _weights.Count)
        {
            _weights.Add(0);
            _differences.Add(0);
        }
        CollectionsMarshal.AsSpan(_weights)[group] += weight;
        CollectionsMarshal.AsSpan(_differences)[group] += weight * difference;
    }

    /// <summary>
    /// The standard error of a weighted mean m whose rows may depend on each other within groups:
    /// <c>sqrt(G / (G - 1) sum_g (sum_(i in g) w (d - m))^2) / sum w</c>; NaN for fewer than two groups.
    /// </summary>
    public double StandardError(double mean)
    {
        if (Count < 2)
            return double.NaN;
        double squares = 0, weight = 0;
        for (var g = 0; g < Count; g++)
        {
            var deviation = _differences[g] - mean * _weights[g];
            squares += deviation * deviation;
            weight += _weights[g];
        }
        return Math.Sqrt(Count / (Count - 1.0) * squares) / weight;
    }
}
