namespace MLNet.CrossEntropy.Internals;

internal static partial class Throw
{
    /// <summary>Refuses a number of folds that shows no variance.</summary>
    public static void IfTooFewFolds(int folds)
    {
        if (folds < 2)
            throw new ArgumentException($"There are {folds} folds; at least 2 are needed to see how much folds differ. Cross-validate with more.");
    }

    /// <summary>Refuses log-losses that are not finite.</summary>
    public static void IfNotFinite(IReadOnlyList<double> logLosses, string name)
    {
        for (int i = 0; i < logLosses.Count; i++)
        {
            if (!double.IsFinite(logLosses[i]))
                throw new ArgumentException($"'{name}[{i}]' is {logLosses[i]}; a mean over folds needs finite log-losses. Give the clipped ones.", name);
        }
    }
}
