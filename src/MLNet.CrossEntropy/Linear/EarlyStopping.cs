namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Watches the validation loss: which epoch was best, whose weights are returned, and whether patience is at its end
/// (Prechelt 1998, "Early stopping - but when?").
/// </summary>
internal sealed class EarlyStopping(int patience)
{
    private double _best = double.PositiveInfinity;
    private int _epochsSince;

    /// <summary>The epoch of the lowest validation loss, counted from 1; 0 before there is one.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Whether the loss has not fallen for as many epochs as patience allows.</summary>
    public bool IsOutOfPatience => _epochsSince > 0 && _epochsSince >= patience;

    /// <summary>Forgets all epochs.</summary>
    public void Begin() => (_best, _epochsSince, BestEpoch) = (double.PositiveInfinity, 0, 0);

    /// <summary>Takes the loss at the end of an epoch; returns whether it is the lowest so far.</summary>
    public bool IsBest(double loss, int epoch)
    {
        if (!(loss < _best))
        {
            _epochsSince++;
            return false;
        }

        (_best, _epochsSince, BestEpoch) = (loss, 0, epoch);
        return true;
    }
}
