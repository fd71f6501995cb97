namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// A few rows of labels, weights and scores, copied out of a cursor and reused from block to block. Scores lie row
/// after row, shape [Count, Width], and so do soft labels.
/// </summary>
internal sealed class ScoredBlock
{
    /// <summary>About this many scores make a block: small enough for the cache, large enough to amortise a hand-over.</summary>
    private const int ScoresPerBlock = 16384;

    private readonly float[] _scores;
    private readonly double[] _targets;

    public ScoredBlock(int width, bool hasSoftLabels, bool hasIds = false)
    {
        Width = width;
        Capacity = Math.Clamp(ScoresPerBlock / width, 1, 1024);
        Labels = new int[Capacity];
        Weights = new double[Capacity];
        _scores = new float[Capacity * width];
        Ids = hasIds ? new string?[Capacity] : [];
        _targets = hasSoftLabels ? new double[Capacity * width] : [];
    }

    public int Width { get; }

    public bool HasSoftLabels => _targets.Length > 0;

    public int Capacity { get; }

    public int Count { get; set; }

    /// <summary>The position of the first row in the data view, 0-based.</summary>
    public long FirstRow { get; set; }

    /// <summary>Class indices, or <see cref="ScoreClasses.Missing"/>, <see cref="ScoreClasses.Unknown"/>, <see cref="ScoreClasses.Soft"/>.</summary>
    public int[] Labels { get; }

    public double[] Weights { get; }

    /// <summary>The rows' names, null where one has none; empty where nobody asks for them.</summary>
    public string?[] Ids { get; }

    public Span<float> Scores(int row) => _scores.AsSpan(row * Width, Width);

    /// <summary>The class shares of a row whose label is <see cref="ScoreClasses.Soft"/>.</summary>
    public Span<double> Target(int row) => _targets.AsSpan(row * Width, Width);
}
