namespace MLNet.CrossEntropy;

// How a fit is called off.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>
    /// Ends the fit early: looked at with each row read, before each step and while validation rows are judged.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>
    /// What a cancelled fit answers; before the first step, when there is no model yet, always an <see cref="OperationCanceledException"/>.
    /// </summary>
    public CancellationAnswer OnCancellation { get; set; }

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> CancellationChecks() =>
    [
        (Enum.IsDefined(OnCancellation), nameof(OnCancellation), OnCancellation, $"one of {string.Join(", ", Enum.GetNames<CancellationAnswer>())}"),
    ];
}
