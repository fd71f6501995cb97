namespace MLNet.CrossEntropy;

// Rows that are held out, and how they end the fit.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>
    /// The share of the rows that is held out from training, in [0, 1): their log-loss is measured after each epoch, and the model
    /// of the epoch where it was lowest is returned. 0 holds none out.
    /// </summary>
    /// <remarks>
    /// A row is drawn by <see cref="Seed"/> and its place in the data alone, with or without <see cref="Cache"/>. Held-out rows are
    /// kept in memory in either case: without the cache, let the share be small.
    /// </remarks>
    public double ValidationFraction { get; set; }

    /// <summary>The name of a Boolean column that is true in the rows held out for validation; null for none.</summary>
    public string? ValidationFlagColumnName { get; set; }

    /// <summary>Ends the fit after so many epochs without a lower validation loss; null never does.</summary>
    public int? Patience { get; set; } = Defaults.Patience;

    /// <summary>What the validation loss must fall by, in nats, to count as lower for <see cref="Patience"/>.</summary>
    /// <remarks>The returned model is that of the lowest loss all the same, by however little.</remarks>
    public double MinimumDelta { get; set; }

    /// <summary>
    /// The same in standard errors of the validation loss, the larger of the two counting: 1 ends a fit whose gains can no longer be
    /// told from chance in the draw of the held-out rows.
    /// </summary>
    public double MinimumDeltaInStandardErrors { get; set; }

    /// <summary>Ends the fit after this time, counted from the call of Fit and looked at before each step; null never does.</summary>
    public TimeSpan? MaximumDuration { get; set; }

    private bool HoldsRowsOut => ValidationFraction > 0 || ValidationFlagColumnName is not null;

    internal void RefuseTwoValidations()
    {
        if (HoldsRowsOut)
            throw new InvalidOperationException($"Validation data was given to Fit, and by the options (ValidationFraction is {ValidationFraction}, ValidationFlagColumnName is {Seen(ValidationFlagColumnName)}) rows of the training data are held out too. Leave out one of them.");
    }

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> ValidationChecks() =>
    [
        (ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "at least 0 and below 1"),
        (ValidationFlagColumnName != "", nameof(ValidationFlagColumnName), ValidationFlagColumnName, "the name of a column, or null for none"),
        (ValidationFlagColumnName is null || ValidationFraction == 0, nameof(ValidationFraction), ValidationFraction, "0 when a ValidationFlagColumnName says which rows are held out"),
        (Patience is null or > 0, nameof(Patience), Patience, "at least 1, or null to run every epoch"),
        (IsFinite(MinimumDelta, from: 0), nameof(MinimumDelta), MinimumDelta, "finite and at least 0"),
        (IsFinite(MinimumDeltaInStandardErrors, from: 0), nameof(MinimumDeltaInStandardErrors), MinimumDeltaInStandardErrors, "finite and at least 0"),
        (MaximumDuration is not { } time || time > TimeSpan.Zero, nameof(MaximumDuration), MaximumDuration, "above 0, or null for no limit"),
    ];
}
