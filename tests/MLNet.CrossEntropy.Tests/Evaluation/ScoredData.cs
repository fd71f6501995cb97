using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Scored data views of the shapes that the evaluation tests need.</summary>
internal static class ScoredData
{
    /// <summary>Labels are zero-based classes, -1 for missing; the key column and the scores carry no names.</summary>
    public static InMemoryView Multiclass(double[] labels, double[][] scores, double[]? weights = null, int? keyCount = null)
    {
        var classes = scores.Length > 0 ? scores[0].Length : 3;
        var view = new InMemoryView.Builder()
            .AddKeys("Label", labels.Select(y => (uint)(y + 1)), keyCount ?? classes)
            .AddScores("Score", scores, classes);
        if (weights is not null)
            view.AddNumbers("Weight", weights);
        return view.Build();
    }

    public static InMemoryView Binary(double[] labels, double[]? probabilities, double[]? scores = null, double[]? weights = null)
    {
        var view = new InMemoryView.Builder().AddNumbers("Label", labels);
        if (probabilities is not null)
            view.AddNumbers("Probability", probabilities);
        if (scores is not null)
            view.AddNumbers("Score", scores);
        if (weights is not null)
            view.AddNumbers("Weight", weights);
        return view.Build();
    }
}
