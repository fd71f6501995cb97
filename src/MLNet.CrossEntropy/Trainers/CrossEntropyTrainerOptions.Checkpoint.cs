using MLNet.CrossEntropy.Linear;


namespace MLNet.CrossEntropy;

// Saving a fit that is under way, to take it up again.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>
    /// The file to which the fit is saved while it runs; null saves nothing. If it is there when Fit is called, the fit goes on from it,
    /// and ends with the same bits as a fit that was never broken off. A fit that comes to its end deletes it.
    /// </summary>
    /// <remarks>
    /// Saved are weights, the optimizer's state, SAGA's memory, the learning rate, the random order and the place in it, the state of
    /// early stopping and the history; a cancelled fit and one out of time are saved once more at their end. The state before the last
    /// is kept in the same folder, as <c>.previous</c>. A file of other data, other options (threads and durations aside) or another version, or a damaged
    /// one, is refused and the previous one used; an <see cref="InvalidDataException"/> if that cannot be used either. One file serves
    /// one fit at a time. A <see cref="Seed"/> must be given. Without <see cref="Cache"/>, the rows are read once more, for their fingerprint.
    /// </remarks>
    public string? CheckpointPath { get; set; }

    /// <summary>Saves after so many epochs; null leaves it to the other two, or to 1 if none of them is given.</summary>
    public int? CheckpointEpochs { get; set; }

    /// <summary>Saves after so many steps (mini-batches), in the middle of an epoch too; null leaves it to the other two.</summary>
    public long? CheckpointSteps { get; set; }

    /// <summary>Saves when so much time has gone by since the last time; null leaves it to the other two.</summary>
    public TimeSpan? CheckpointInterval { get; set; }

    private bool SavesSometimes => CheckpointEpochs is not null || CheckpointSteps is not null || CheckpointInterval is not null;

    internal CheckpointOptions? Checkpoint(Action<string> warn) => CheckpointPath is null ? null : new CheckpointOptions
    {
        Path = CheckpointPath,
        EveryEpochs = SavesSometimes ? CheckpointEpochs : 1,
        EverySteps = CheckpointSteps,
        Interval = CheckpointInterval,
        Warn = warn,
    };

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> CheckpointChecks() =>
    [
        (CheckpointPath != "", nameof(CheckpointPath), CheckpointPath, "the name of a file, or null for none"),
        (CheckpointPath is null || Seed is not null, nameof(Seed), Seed, "given when there is a CheckpointPath, so that a fit that is taken up goes on as it began"),
        (CheckpointPath is not null || !SavesSometimes, nameof(CheckpointPath), CheckpointPath, "given when CheckpointEpochs, CheckpointSteps or CheckpointInterval is"),
        (CheckpointEpochs is null or > 0, nameof(CheckpointEpochs), CheckpointEpochs, "at least 1, or null"),
        (CheckpointSteps is null or > 0, nameof(CheckpointSteps), CheckpointSteps, "at least 1, or null"),
        (CheckpointInterval is not { } time || time > TimeSpan.Zero, nameof(CheckpointInterval), CheckpointInterval, "above 0, or null"),
    ];
}
