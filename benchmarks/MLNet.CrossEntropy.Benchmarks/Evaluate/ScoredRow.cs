namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>A scored row as ML.NET reads it from objects; the keys are zero-based.</summary>
internal sealed class ScoredRow
{
    public uint Label { get; set; }

    public float[] Score { get; set; } = [];

    public uint PredictedLabel { get; set; }
}
