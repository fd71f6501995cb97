namespace MLNet.CrossEntropy.Linear;

/// <summary>When the loop ends, and with which weights.</summary>
internal sealed partial record SgdOptions
{
    /// <summary>Epochs without a better validation loss before the fit ends; needs validation rows.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>The fall (nats) of the validation loss that renews the patience, at least.</summary>
    public double MinimumDelta { get; init; }

    /// <summary>The same in standard errors of the validation loss; the larger of the two counts.</summary>
    public double MinimumDeltaInStandardErrors { get; init; }

    /// <summary>Ends the fit when an epoch's objective differs from the one before by less than this share of it; 0 never does.</summary>
    public double Tolerance { get; init; }

    /// <summary>SAGA and Newton only: ends the fit when the norm of the objective's gradient, in scaled weights, is at most this; 0 never does.</summary>
    public double GradientTolerance { get; init; }

    /// <summary>Ends the fit after this wall-clock time; null never does.</summary>
    public TimeSpan? MaximumDuration { get; init; }

    /// <summary>Checked before each step and while validation rows are judged.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What is answered when cancelled.</summary>
    public CancellationAnswer OnCancellation { get; init; }
}
