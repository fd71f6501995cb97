using System.Diagnostics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Where and how often a fit is saved, to be taken up again.</summary>
internal sealed record CheckpointOptions
{
    /// <summary>The file; the one before it is kept beside it as <c>.previous</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Saves after so many epochs; null never does.</summary>
    public int? EveryEpochs { get; init; }

    /// <summary>Saves after so many steps; null never does.</summary>
    public long? EverySteps { get; init; }

    /// <summary>Saves when so much time has passed since the last time; null never does.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whether this process writes the file; of a cluster another one may.</summary>
    public bool IsWritten { get; init; } = true;

    /// <summary>Told of what goes wrong without ending the fit.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>
/// The saved states of one fit: two generations of a file, so that there is a good one at any time. A new one is written beside
/// them, down to the disk, before it takes the place of the last by renaming.
/// </summary>
internal sealed class Checkpoint(CheckpointOptions options, string identity, Action<StateStream> serialize)
{
    private long _written = Stopwatch.GetTimestamp();
    private long _stepsWritten;
    private int _epochsWritten;
    private bool _isCurrentGood = true;
    private bool _hasFailed;

    private string Previous => PreviousOf(options.Path);

    private string Next => options.Path + ".next";

    /// <summary>The file of the state before that of a file.</summary>
    public static string PreviousOf(string path) => path + ".previous";

    /// <summary>Takes up the state that was saved last, if any was; of a file that is refused, the one before it.</summary>
    /// <exception cref="IOException">The file's folder does not exist, or the file is a folder.</exception>
    /// <exception cref="InvalidDataException">There is a checkpoint, but none that this fit can take up.</exception>
    public bool TryResume()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(options.Path))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder of the checkpoint {Throw.Quoted(options.Path)} does not exist; create it.");
        if (Directory.Exists(options.Path))
            throw new IOException($"The checkpoint {Throw.Quoted(options.Path)} is a folder; name a file.");
        var refusal = File.Exists(options.Path) ? Refusal(options.Path) : null;
        if (refusal is null && File.Exists(options.Path))
            return true;
        _isCurrentGood = refusal is null;
        if (!File.Exists(Previous))
            return refusal is null ? false : throw Refused(refusal, null);
        if (Refusal(Previous) is { } second)
            throw Refused(refusal ?? "it is missing", second);
        if (refusal is not null)
            options.Warn?.Invoke($"The checkpoint {Throw.Quoted(options.Path)} cannot be used: {refusal}. The fit goes on from the one "
                + $"before it, {Throw.Quoted(Previous)}.");
        return true;
    }

    /// <summary>From where the counts of epochs and steps go on.</summary>
    public void StartFrom(int epochs, long steps) => (_epochsWritten, _stepsWritten) = (epochs, steps);

    /// <summary>Saves if enough steps or time have gone by.</summary>
    public void AfterStep(long steps)
    {
        if (steps - _stepsWritten >= options.EverySteps
            || (options.Interval is { } interval && Stopwatch.GetElapsedTime(_written) >= interval))
            Write(_epochsWritten, steps);
    }

    /// <summary>Saves if enough epochs have gone by.</summary>
    public void AfterEpoch(int epochs, long steps)
    {
        if (epochs - _epochsWritten >= options.EveryEpochs)
            Write(epochs, steps);
    }

    /// <summary>Saves now. A disk that fails does not end the fit, and is told of once.</summary>
    public void Write(int epochs, long steps)
    {
        var isSerialized = false;
        try
        {
            if (options.IsWritten)
                CheckpointFile.Write(Next, identity, Serialize);
            else
                Serialize(new StateStream(Stream.Null));
            if (options.IsWritten && _isCurrentGood && File.Exists(options.Path))
                File.Move(options.Path, Previous, overwrite: true);
            if (options.IsWritten)
                File.Move(Next, options.Path, overwrite: true);
            _isCurrentGood = true;
        }
        catch (Exception failure) when (IsOfFile(failure))
        {
            // Other ranks hand in their part; of a state that is none they cannot either.
            if (!isSerialized && failure is not InvalidDataException)
                serialize(new StateStream(Stream.Null));
            if (!_hasFailed)
                options.Warn?.Invoke($"The checkpoint {Throw.Quoted(options.Path)} could not be written: "
                    + $"{PlainText.Escape(failure.Message).TrimEnd('.')}. The fit goes on, and tries again each time that it should be "
                    + "saved.");
            _hasFailed = true;
            Delete([Next]);
        }

        _written = Stopwatch.GetTimestamp();
        (_epochsWritten, _stepsWritten) = (epochs, steps);

        void Serialize(StateStream state)
        {
            serialize(state);
            isSerialized = true;
        }
    }

    /// <summary>Deletes the files: a fit that has come to its end has nothing to take up.</summary>
    public void Delete()
    {
        if (Delete([options.Path, Previous, Next]) is { } failure)
            options.Warn?.Invoke($"The checkpoint {Throw.Quoted(options.Path)} of a fit that has ended could not be deleted: {failure}");
    }

    /// <summary>Deletes what there is of some files; returns why one could not be, null if all could.</summary>
    private static string? Delete(string[] paths)
    {
        try
        {
            foreach (var path in paths.Where(File.Exists))
                File.Delete(path);
            return null;
        }
        catch (Exception failure) when (IsOfFile(failure))
        {
            return PlainText.Escape(failure.Message);
        }
    }

    private static bool IsOfFile(Exception failure) => failure is InvalidDataException or IOException or UnauthorizedAccessException;

    /// <summary>Takes up the state of a file; returns why it cannot be used, null if it can.</summary>
    private string? Refusal(string path)
    {
        try
        {
            CheckpointFile.Read(path, identity, serialize);
            return null;
        }
        catch (Exception refusal) when (IsOfFile(refusal))
        {
            return PlainText.Escape(refusal.Message.TrimEnd('.'));
        }
    }

    private InvalidDataException Refused(string refusal, string? second) => new(
        $"The checkpoint {Throw.Quoted(options.Path)} cannot be used: {refusal}"
        + (second is null ? ", and there is none before it" : $"; nor can the one before it, {Throw.Quoted(Previous)}: {second}")
        + ". Fit with the data and options it was made with, or delete it or name another file to begin anew.");
}
