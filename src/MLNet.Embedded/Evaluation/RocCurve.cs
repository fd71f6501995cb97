namespace Microsoft.ML.Data;

/// <summary>The areas under the ROC and the precision-recall curves of scored positives and negatives.</summary>
internal sealed class RocCurve
{
    private readonly List<(float Score, bool IsPositive)> _rows = [];

    public void Add(float score, bool isPositive) => _rows.Add((score, isPositive));

    /// <summary>The share of pairs of a positive and a negative that the scores put in order, ties counting one half.</summary>
    public double AreaUnderRoc()
    {
        // The names are those of ML.NET's fields, which its exceptions tell.
        long positives = _rows.LongCount(row => row.IsPositive), negatives = _rows.Count - positives;
        if (positives == 0)
            throw new ArgumentOutOfRangeException("PosSample", "AUC is not defined when there is no positive class in the data");
        if (negatives == 0)
            throw new ArgumentOutOfRangeException("NegSample", "AUC is not defined when there is no negative class in the data");
        double pairs = 0, positivesAbove = 0;
        foreach (IGrouping<float, (float Score, bool IsPositive)> tie in _rows.GroupBy(row => row.Score).OrderByDescending(group => group.Key))
        {
            int tiedPositives = tie.Count(row => row.IsPositive);
            pairs += (positivesAbove + 0.5 * tiedPositives) * (tie.Count() - tiedPositives);
            positivesAbove += tiedPositives;
        }

        return pairs / ((double)positives * negatives);
    }

    /// <summary>
    /// By trapezoids between the precisions before and after each positive, in order of descending score, ties in order of input.
    /// ML.NET samples 100,000 rows of more; this is the area over all of them.
    /// </summary>
    public double AreaUnderPrecisionRecall()
    {
        double positives = _rows.Count(row => row.IsPositive);
        double area = 0, precision = 1;
        int truePositives = 0, seen = 0;
        foreach ((_, bool isPositive) in _rows.OrderByDescending(row => row.Score))
        {
            seen++;
            truePositives += isPositive ? 1 : 0;
            double next = (double)truePositives / seen;
            if (isPositive)
                area += (truePositives / positives - (truePositives - 1) / positives) * (precision + next) / 2;
            precision = next;
        }

        return area;
    }
}
