
namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Watches the validation loss: which epoch was best, whose weights are restored, and whether patience is at its end.
/// Any lower loss is a new best; only one lower by more than the smallest gain that counts renews the patience
/// (Prechelt 1998, "Early stopping - but when?").
/// </summary>
internal sealed class EarlyStopping(SgdOptions options)
{
    private double _best = double.PositiveInfinity;
    private double _mark = double.PositiveInfinity;
    private int _epochsSinceMark;
    private int _bestEpoch;

    /// <summary>The epoch of the lowest validation loss, counted from 1; 0 before there is one.</summary>
    public int BestEpoch => _bestEpoch;

    /// <summary>Whether the loss has not fallen for as many epochs as patience allows.</summary>
    public bool IsOutOfPatience => _epochsSinceMark > 0 && _epochsSinceMark >= options.Patience;

    public void Exchange(StateExchange state)
    {
        state.Value(ref _best);
        state.Value(ref _mark);
        state.Value(ref _epochsSinceMark);
        state.Value(ref _bestEpoch);
    }

    /// <summary>Takes the loss at the end of an epoch; returns whether it is the lowest so far.</summary>
    public bool IsBest(ValidationLoss loss, int epoch)
    {
        // With a single row there is no standard error, and its multiple asks for nothing.
        var standardErrors = double.IsFinite(loss.StandardError) ? options.MinimumDeltaInStandardErrors * loss.StandardError : 0;
        if (loss.Mean < _mark - Math.Max(options.MinimumDelta, standardErrors))
        {
            _mark = loss.Mean;
            _epochsSinceMark = 0;
        }
        else
        {
            _epochsSinceMark++;
        }

        if (!(loss.Mean < _best))
            return false;
        _best = loss.Mean;
        _bestEpoch = epoch;
        return true;
    }
}
