namespace MLNet.CrossEntropy.Comparison;

/// <summary>Puts into words what a comparison's figures alone would hide.</summary>
internal static class ComparisonWarnings
{
    /// <summary>With fewer groups cluster-robust standard errors come out too small (Cameron and Miller 2015, section VI).</summary>
    private const int FewGroups = 20;

    public static IEnumerable<string> Of(CrossEntropyComparison comparison, string firstModel, string[] modelsOfOtherClasses)
    {
        foreach (var model in modelsOfOtherClasses)
            yield return $"The classes of '{model}' are not those of '{firstModel}'; a row of a class that one of them does not know cannot be judged by both.";
        var rows = comparison.Rows;
        if (rows.Used == 0)
            yield return $"There is no row on which all models can be judged ({rows}).";
        if (rows.Total - rows.Used - rows.ZeroWeight is var left && left > 0)
            yield return $"{left} of {rows.Total} rows were left out of the comparison, since one of the models cannot be judged on them or they have no label.";
        foreach (var model in comparison.Models.Where(m => m.InfiniteRows > 0))
            yield return $"The log-loss of '{model.Name}' is infinite: {model.InfiniteRows} rows give their true class probability 0. Tests and intervals rest on probabilities of at least {comparison.ProbabilityFloor:g3}.";
        if (comparison.Pairs[0].Groups is { } groups && groups < FewGroups)
            yield return $"There are {groups} groups of rows; with fewer than {FewGroups}, standard errors tend to be too small.";
    }
}
