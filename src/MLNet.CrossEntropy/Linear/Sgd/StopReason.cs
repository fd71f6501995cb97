namespace MLNet.CrossEntropy;

/// <summary>Why a fit ended.</summary>
public enum StopReason
{
    /// <summary>Every epoch that was asked for has run.</summary>
    MaximumEpochs,

    /// <summary>The objective changed by less than the tolerance.</summary>
    Converged,

    /// <summary>The validation loss did not improve for as many epochs as patience allows.</summary>
    PatienceExhausted,

    /// <summary>The wall-clock budget was used up.</summary>
    OutOfTime,

    /// <summary>The caller cancelled; <see cref="CancellationAnswer"/> says what is returned.</summary>
    Cancelled,
}
