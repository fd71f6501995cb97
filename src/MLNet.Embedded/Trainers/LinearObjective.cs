namespace Microsoft.ML.Trainers;

/// <summary>
/// (sum_i w_i l_i + (L2 / 2) ||W||^2) / sum_i w_i over the training rows, and its gradient, where l_i is the cross-entropy
/// of a softmax over K scores, or of the logistic function for one score. The biases are not penalised.
/// Parameters: K biases, then K weight vectors of F values.
/// </summary>
internal sealed class LinearObjective
{
    // The rows are cut in the same parts whatever the number of threads, so the sums are the same too.
    private const int MaximumParts = 16;
    private const int RowsBetweenFlushes = 64;

    private readonly TrainingRows _rows;
    private readonly int _scoreCount;
    private readonly double _l2;
    private readonly Part[] _parts;
    private readonly ParallelOptions _parallel;
    private readonly float[] _parameters;

    public LinearObjective(TrainingRows rows, int scoreCount, double l2, int threads)
    {
        _rows = rows;
        _scoreCount = scoreCount;
        _l2 = l2;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _parameters = new float[scoreCount * (rows.FeatureCount + 1)];
        int parts = Math.Clamp(rows.Count / RowsBetweenFlushes, 1, MaximumParts);
        _parts = new Part[parts];
        for (int p = 0; p < parts; p++)
            _parts[p] = new Part((int)((long)rows.Count * p / parts), (int)((long)rows.Count * (p + 1) / parts), _parameters.Length, scoreCount);
    }

    public int ParameterCount => _parameters.Length;

    public int BiasCount => _scoreCount;

    public double Evaluate(double[] parameters, double[] gradient)
    {
        for (int i = 0; i < parameters.Length; i++)
            _parameters[i] = (float)parameters[i];
        if (_parallel.MaxDegreeOfParallelism == 1)
            Array.ForEach(_parts, Accumulate);
        else
            Parallel.ForEach(_parts, _parallel, Accumulate);

        Array.Clear(gradient);
        double loss = 0;
        foreach (Part part in _parts)
        {
            loss += part.Loss;
            for (int i = 0; i < gradient.Length; i++)
                gradient[i] += part.Gradient[i];
        }

        double squares = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            if (i >= BiasCount)
            {
                squares += parameters[i] * parameters[i];
                gradient[i] += _l2 * parameters[i];
            }

            gradient[i] /= _rows.WeightSum;
        }

        return (loss + 0.5 * _l2 * squares) / _rows.WeightSum;
    }

    private void Accumulate(Part part)
    {
        Array.Clear(part.Gradient);
        part.Loss = 0;
        ReadOnlySpan<float> biases = _parameters.AsSpan(0, _scoreCount);
        ReadOnlySpan<float> weights = _parameters.AsSpan(_scoreCount);
        Span<float> scores = part.Scores;
        for (int start = part.Start; start < part.End; start += RowsBetweenFlushes)
        {
            int end = Math.Min(start + RowsBetweenFlushes, part.End);
            for (int row = start; row < end; row++)
            {
                _rows.Scores(row, weights, scores);
                for (int k = 0; k < scores.Length; k++)
                    scores[k] += biases[k];
                float weight = _rows.Weight(row);
                double loss = scores.Length == 1 ? Logistic(scores, _rows.Label(row)) : Softmax(scores, (int)_rows.Label(row));
                if (!double.IsFinite(loss))
                    throw new InvalidOperationException("Data contain bad values.");
                part.Loss += weight * loss;
                // The scores have become derivatives of the loss.
                for (int k = 0; k < scores.Length; k++)
                {
                    scores[k] *= weight;
                    part.RecentGradient[k] += scores[k];
                }

                _rows.AddTo(part.RecentGradient.AsSpan(_scoreCount), row, scores);
            }

            part.Flush();
        }
    }

    /// <summary>LSE(z) - z_y; puts softmax(z) - onehot(y) in place of z.</summary>
    private static double Softmax(Span<float> z, int y)
    {
        float max = float.NegativeInfinity;
        foreach (float v in z)
            max = Math.Max(max, v);
        double zy = z[y], sum = 0;
        foreach (float v in z)
            sum += Math.Exp(v - max);
        double lse = max + Math.Log(sum);
        for (int k = 0; k < z.Length; k++)
            z[k] = (float)(Math.Exp(z[k] - lse) - (k == y ? 1 : 0));
        return lse - zy;
    }

    /// <summary>log(1 + exp(-s z)), s the label's sign; puts sigmoid(z) - y in place of z.</summary>
    private static double Logistic(Span<float> z, float label)
    {
        double margin = label > 0 ? z[0] : -z[0];
        double e = Math.Exp(-Math.Abs(margin));
        double wrong = (margin > 0 ? e : 1) / (1 + e);
        z[0] = (float)(label > 0 ? -wrong : wrong);
        return Math.Max(-margin, 0) + Math.Log(1 + e);
    }

    /// <summary>A run of rows and its share of the loss and the gradient, summed in Single for a few rows and in Double beyond.</summary>
    private sealed class Part(int start, int end, int parameterCount, int scoreCount)
    {
        public int Start { get; } = start;

        public int End { get; } = end;

        public double Loss { get; set; }

        public float[] Scores { get; } = new float[scoreCount];

        public float[] RecentGradient { get; } = new float[parameterCount];

        public double[] Gradient { get; } = new double[parameterCount];

        public void Flush()
        {
            for (int i = 0; i < Gradient.Length; i++)
                Gradient[i] += RecentGradient[i];
            Array.Clear(RecentGradient);
        }
    }
}
