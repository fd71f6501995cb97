namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What is wrong with a fit that ends without a model: numbers so large that floats cannot hold what is made of them, or steps that are too
/// long.
/// </summary>
internal static class FitErrors
{
    // Squares of larger numbers leave no room for sums of them in a float.
    private const double Enormous = 1e15;

    /// <summary>The error of a fit whose loss explodes, or whose weights are no numbers.</summary>
    /// <param name="objective">What was minimised; its rows are gone through once more, for the largest of them.</param>
    /// <param name="plan">How.</param>
    /// <param name="epoch">The epoch under way.</param>
    /// <param name="loss">The mean loss that was seen.</param>
    /// <param name="efforts">What was tried against it.</param>
    public static InvalidOperationException Failed(LinearObjective objective, FitPlan plan, int epoch, double loss, string efforts)
    {
        var (feature, value, weight) = Largest(objective.Chunks, objective.Features);
        var (what, largest) = new[]
        {
            ($"feature number {feature} (counted from 0) has the value", (double)value),
            ("an example weight is", weight),
            ("the initial model has the weight", (plan.InitialWeights ?? []).Append(0).MaxBy(Math.Abs)),
            ("the L2 penalty is", plan.L2),
            ("the L1 penalty is", plan.L1),
        }.MaxBy(number => Math.Abs(number.Item2));
        if (!double.IsFinite(loss) && Math.Abs(largest) >= Enormous)
            return new(FormattableString.Invariant(
                $"The numbers of the fit overflow in epoch {epoch}: {what} {largest:g4}, and what is computed of such numbers is larger ")
                    + "than a float can be. Normalise the features, for example with NormalizeMeanVariance, take out rows that are wrong, "
                    + "or use a smaller unit.");
        var seen = double.IsFinite(loss) ? FormattableString.Invariant($"{loss}") : "beyond all numbers";
        var remedy = plan.LearningRate is { } rate
            ? FormattableString.Invariant($"The learning rate that was given is {rate}: leave it to be chosen from the data")
            : "Leave the learning rate to be chosen from the data";
        return new(FormattableString.Invariant(
            $"Training diverged in epoch {epoch}: the mean loss was {seen}{efforts}. The feature of largest scale is number {feature} ")
                + FormattableString.Invariant($"(counted from 0), with a value of {value:g4}. {remedy}, or normalise the features, ")
                + "or remove outliers.");
    }

    /// <summary>The value that is farthest from 0, its feature, and the largest example weight.</summary>
    private static unsafe (int Feature, float Value, double Weight) Largest(IEnumerable<RowSet> chunks, int features)
    {
        var (feature, value, weight) = (0, 0f, 0f);
        foreach (var rows in chunks)
        {
            for (var i = 0; i < rows.Rows; i++)
            {
                weight = Math.Max(weight, rows.Weight(i));
                var sparse = rows.IsSparse ? rows.Sparse(i) : default;
                var values = rows.IsSparse ? sparse.Values : new ReadOnlySpan<float>(rows.Dense(i), features);
                for (var e = 0; e < values.Length; e++)
                {
                    if (Math.Abs(values[e]) > Math.Abs(value))
                        (feature, value) = (rows.IsSparse ? sparse.Indices[e] : e, values[e]);
                }
            }
        }

        return (feature, value, weight);
    }
}
