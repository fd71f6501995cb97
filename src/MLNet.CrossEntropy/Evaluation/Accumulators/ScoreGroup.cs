namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The rows that share one forecast probability of an event.</summary>
/// <param name="Probability">The forecast.</param>
/// <param name="Complement">1 less the forecast, without cancellation.</param>
/// <param name="Positive">The weight of the rows for which the event came true.</param>
/// <param name="Negative">The weight of the others.</param>
/// <param name="SquaredWeights">The sum of the rows' squared weights.</param>
internal readonly record struct ScoreGroup(double Probability, double Complement, double Positive, double Negative, double SquaredWeights)
{
    public double Weight => Positive + Negative;

    /// <summary>The same rows with the opposite event forecast.</summary>
    public ScoreGroup Mirrored() => new(Complement, Probability, Negative, Positive, SquaredWeights);
}
