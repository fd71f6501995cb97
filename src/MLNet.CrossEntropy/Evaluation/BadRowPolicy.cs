namespace MLNet.CrossEntropy;

/// <summary>What to do with a row that cannot be evaluated. Whatever the policy, no row goes unreported.</summary>
public enum BadRowPolicy
{
    /// <summary>Leave the row out of every metric, count it in <see cref="RowCounts"/> and warn.</summary>
    Skip,

    /// <summary>Stop with an error that names the row and the value seen.</summary>
    Throw,

    /// <summary>
    /// Count the row as a mistake in log-loss and accuracy, as if its true class had been given probability 0: an infinite
    /// loss, -ln of the floor once clipped. Other metrics leave it out. Not for rows without a label.
    /// </summary>
    CountAsMistake,
}
