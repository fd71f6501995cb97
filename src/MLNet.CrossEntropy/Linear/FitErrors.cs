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
        var (row, feature, value) = Largest(objective.Chunks, objective.Features);
        var name = plan.NameFeature?.Invoke(feature) ?? FormattableString.Invariant($"number {feature}");
        var where = FormattableString.Invariant($"{value:g4} in row {row} of those fitted");
        var (what, largest) = new[]
        {
            ($"feature {name} (counted from 0) is {where}", value),
            Number("a weight of the initial model", (plan.InitialWeights ?? []).Append(0).MaxBy(Math.Abs)),
            // Penalties that the fit chose follow from its rows.
            Number("the L2 penalty", plan.ChoosesL2 ? 0 : plan.L2),
            Number("the L1 penalty", plan.ChoosesL1 ? 0 : plan.L1),
        }.MaxBy(number => Math.Abs(number.Item2));
        if (!double.IsFinite(loss) && Math.Abs(largest) >= Enormous)
            return new(FormattableString.Invariant(
                $"The numbers of the fit overflow in epoch {epoch}: {what}, and what is computed of such numbers is larger ")
                    + "than a float can be. Normalise the features, for example with NormalizeMeanVariance, take out rows that are wrong, "
                    + "or use a smaller unit.");
        var seen = double.IsFinite(loss) ? FormattableString.Invariant($"{loss}") : "beyond all numbers";
        var remedy = plan.LearningRate is { } rate
            ? FormattableString.Invariant($"The learning rate that was given is {rate}: leave it to be chosen from the data")
            : "Leave the learning rate to be chosen from the data";
        return new(FormattableString.Invariant(
            $"Training diverged in epoch {epoch}: the mean loss was {seen}{efforts}. The feature of largest scale is ")
                + FormattableString.Invariant($"{name} (counted from 0), with {where}. {remedy}, or normalise the features, ")
                + "or remove outliers.");
    }

    private static (string, double) Number(string what, double value) => (FormattableString.Invariant($"{what} is {value:g4}"), value);

    /// <summary>The value that is farthest from 0, its row and its feature.</summary>
    private static (long Row, int Feature, float Value) Largest(IEnumerable<RowSet> chunks, int features)
    {
        var (row, feature, value, before) = (0L, 0, 0f, 0L);
        foreach (var rows in chunks)
        {
            for (var i = 0; i < rows.Rows; i++)
            {
                var sparse = rows.IsSparse ? rows.Sparse(i) : default;
                var values = rows.IsSparse ? sparse.Values : rows.Values(i);
                for (var e = 0; e < values.Length; e++)
                {
                    if (Math.Abs(values[e]) > Math.Abs(value))
                        (row, feature, value) = (before + i, rows.IsSparse ? sparse.Indices[e] : e, values[e]);
                }
            }

            before += rows.Rows;
        }

        return (row, feature, value);
    }
}
