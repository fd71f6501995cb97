namespace Microsoft.ML.Data;

/// <summary>How many rows of each actual class were predicted as each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly string[] _classNames;
    private readonly bool _isBinary;

    /// <remarks><paramref name="counts"/>[actual][predicted].</remarks>
    internal ConfusionMatrix(double[][] counts, string[] classNames, bool isBinary)
    {
        _classNames = classNames;
        _isBinary = isBinary;
        NumberOfClasses = counts.Length;
        Counts = Array.ConvertAll(counts, row => (IReadOnlyList<double>)Array.AsReadOnly(row));
        int[] classes = [.. Enumerable.Range(0, NumberOfClasses)];
        PerClassRecall = [.. classes.Select(c => Ratio(counts[c][c], counts[c].Sum()))];
        PerClassPrecision = [.. classes.Select(c => Ratio(counts[c][c], counts.Sum(row => row[c])))];
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses { get; }

    public string GetFormattedConfusionTable() => ConfusionTable.Format(this, _classNames, _isBinary);

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        CheckIndex(predictedClassIndicatorIndex, nameof(predictedClassIndicatorIndex));
        CheckIndex(actualClassIndicatorIndex, nameof(actualClassIndicatorIndex));
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;

    private void CheckIndex(int index, string name)
        => Check.Param(index >= 0 && index < NumberOfClasses, name, index, "must be non-negative, less than the number of classes");
}
