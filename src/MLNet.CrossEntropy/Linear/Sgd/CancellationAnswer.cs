namespace MLNet.CrossEntropy;

/// <summary>
/// What a fit answers when it is cancelled. Before the first step there is no model, and each of them is an
/// <see cref="OperationCanceledException"/>.
/// </summary>
public enum CancellationAnswer
{
    /// <summary>
    /// The best model so far: that of the lowest validation loss where an epoch has been judged, else that of the last step.
    /// </summary>
    ReturnBest,

    /// <summary>The model of the last step.</summary>
    ReturnLast,

    /// <summary>No model: an <see cref="OperationCanceledException"/>.</summary>
    Throw,
}
