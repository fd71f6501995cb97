namespace Microsoft.ML.Trainers;

/// <summary>The last m steps s and gradient changes y of L-BFGS, and the two-loop recursion over them (Nocedal and Wright, algorithm 7.4).</summary>
internal sealed class CurvatureHistory(int capacity)
{
    private readonly List<Pair> _pairs = [];

    public bool IsEmpty => _pairs.Count == 0;

    public void Clear() => _pairs.Clear();

    /// <summary>Remembers a step; false when it says nothing about curvature (s.y = 0).</summary>
    public bool Add(double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
        // The oldest pair's arrays are used again.
        Pair pair = _pairs.Count == capacity ? _pairs[0] : new Pair(new double[from.Length], new double[from.Length]);
        if (_pairs.Count == capacity)
            _pairs.RemoveAt(0);
        double rho = 0, square = 0;
        for (int i = 0; i < from.Length; i++)
        {
            double s = pair.S[i] = to[i] - from[i];
            double y = pair.Y[i] = gradientTo[i] - gradientFrom[i];
            rho += s * y;
            square += y * y;
        }

        pair.Rho = rho;
        pair.SquareOfY = square;
        _pairs.Add(pair);
        return rho != 0;
    }

    public void MapByInverseHessian(double[] direction)
    {
        Pair newest = _pairs.FindLast(p => p.Rho > 0);
        if (newest == null)
            return;
        for (int k = _pairs.Count - 1; k >= 0; k--)
        {
            Pair pair = _pairs[k];
            if (pair.Rho <= 0)
                continue;
            pair.Alpha = Dot(pair.S, direction) / pair.Rho;
            AddScaled(-pair.Alpha, pair.Y, direction);
        }

        double scale = newest.Rho / newest.SquareOfY;
        for (int i = 0; i < direction.Length; i++)
            direction[i] *= scale;
        foreach (Pair pair in _pairs)
        {
            if (pair.Rho > 0)
                AddScaled(pair.Alpha - Dot(pair.Y, direction) / pair.Rho, pair.S, direction);
        }
    }

    internal static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    private static void AddScaled(double a, double[] x, double[] y)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] += a * x[i];
    }

    private sealed class Pair(double[] s, double[] y)
    {
        public double[] S { get; } = s;

        public double[] Y { get; } = y;

        public double Rho { get; set; }

        public double SquareOfY { get; set; }

        public double Alpha { get; set; }
    }
}
