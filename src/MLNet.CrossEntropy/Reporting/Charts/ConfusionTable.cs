namespace MLNet.CrossEntropy.Reporting;

/// <summary>The rows and weights of a confusion matrix, of some classes and, where there are others, of all others together.</summary>
internal sealed record ConfusionTable(IReadOnlyList<string> Names, bool HasOthers, long[,] Rows, double[,] Weights)
{
    public static ConfusionTable Of(ClassConfusionMatrix matrix, int[] kept)
    {
        var classes = matrix.Names.Count;
        var hasOthers = kept.Length < classes;
        var size = kept.Length + (hasOthers ? 1 : 0);
        var place = new int[classes];
        Array.Fill(place, size - 1);
        for (var i = 0; i < kept.Length; i++)
            place[kept[i]] = i;

        var rows = new long[size, size];
        var weights = new double[size, size];
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
            {
                rows[place[i], place[j]] += matrix.Rows(i, j);
                weights[place[i], place[j]] += matrix.Weight(i, j);
            }
        }
        var names = kept.Select(k => matrix.Names[k]);
        return new([.. hasOthers ? names.Append($"{classes - kept.Length} others") : names], hasOthers, rows, weights);
    }

    /// <summary>Whether all rows of a cell are right: those of the others among themselves need not be.</summary>
    public bool IsRight(int actual, int predicted) => actual == predicted && !(HasOthers && actual == Names.Count - 1);

    /// <summary>The share of a true class's weight; NaN where the class does not occur.</summary>
    public double Share(int actual, int predicted)
    {
        double total = 0;
        for (var j = 0; j < Names.Count; j++)
            total += Weights[actual, j];
        return Weights[actual, predicted] / total;
    }
}
