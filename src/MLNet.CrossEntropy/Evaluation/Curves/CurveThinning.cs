namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Leaves out points of curves. Going down the thresholds, a point is kept where leaving out all since the last one would move the area
/// under the ROC curve, or the average precision, by more than that part of the allowance which belongs to the way gone: so neither is
/// moved by more than the allowance in all. That is the smallest, by bisection, which leaves few enough points.
/// </summary>
internal static class CurveThinning
{
    private const int Bisections = 12;

    /// <summary>Places in the ranking, among them the first and the last.</summary>
    public static List<int> Of(RankedForecasts ranked, int most)
    {
        (var tp, var fp) = (ranked.TruePositives, ranked.FalsePositives);
        double[] roc = new double[tp.Length], precision = new double[tp.Length];
        for (var i = 1; i < tp.Length; i++)
        {
            roc[i] = roc[i - 1] + RocArea(ranked, i - 1, i);
            precision[i] = precision[i - 1] + PrecisionArea(ranked, i - 1, i);
        }
        if (tp.Length <= most)
            return [.. Enumerable.Range(0, tp.Length)];
        List<int> best = [0, tp.Length - 1];
        // Powers of ten.
        double low = -9, high = 0;
        for (var i = 0; i < Bisections; i++)
        {
            var middle = (low + high) / 2;
            var kept = Of(ranked, roc, precision, Math.Pow(10, middle));
            if (kept.Count > most)
                low = middle;
            else
                (high, best) = (middle, kept);
        }
        return best;
    }

    private static List<int> Of(RankedForecasts ranked, double[] roc, double[] precision, double allowance)
    {
        List<int> kept = [0];
        double rocMoved = 0, precisionMoved = 0;
        var last = ranked.TruePositives.Length - 1;
        for (var i = 1; i < last; i++)
        {
            var way = allowance * (WayTo(ranked, i + 1) + 1) / 2;
            var from = kept[^1];
            // What would have been moved, were the point after this one the next.
            if (Math.Abs(rocMoved + RocArea(ranked, from, i + 1) - (roc[i + 1] - roc[from])) <= way
                && Math.Abs(precisionMoved + PrecisionArea(ranked, from, i + 1) - (precision[i + 1] - precision[from])) <= way)
                continue;
            rocMoved += RocArea(ranked, from, i) - (roc[i] - roc[from]);
            precisionMoved += PrecisionArea(ranked, from, i) - (precision[i] - precision[from]);
            kept.Add(i);
        }
        if (last > 0)
            kept.Add(last);
        return kept;
    }

    /// <summary>How far along both axes of the ROC curve a place lies, 0 to 1.</summary>
    private static double WayTo(RankedForecasts ranked, int i) =>
        (Share(ranked.TruePositives[i], ranked.Positives) + Share(ranked.FalsePositives[i], ranked.Negatives)) / 2;

    /// <summary>The area below a straight line of the ROC curve.</summary>
    private static double RocArea(RankedForecasts ranked, int from, int to) =>
        Share(ranked.FalsePositives[to] - ranked.FalsePositives[from], ranked.Negatives)
        * Share(ranked.TruePositives[to] + ranked.TruePositives[from], 2 * ranked.Positives);

    /// <summary>What a step adds to the average precision.</summary>
    private static double PrecisionArea(RankedForecasts ranked, int from, int to) =>
        Share(ranked.TruePositives[to] - ranked.TruePositives[from], ranked.Positives)
        * Share(ranked.TruePositives[to], ranked.TruePositives[to] + ranked.FalsePositives[to]);

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}

/// <summary>
/// The lower envelope of the thresholds' lines in a cost diagram; its corners belong to the sides of the ROC curve's hull.
/// </summary>
internal static class CostEnvelope
{
    public static IReadOnlyList<(double ProbabilityCost, double Cost)> Of(RankedForecasts ranked)
    {
        if (!(ranked.Positives > 0 && ranked.Negatives > 0))
            return [];
        List<(double X, double Y)> hull = [];
        for (var i = 0; i < ranked.TruePositives.Length; i++)
        {
            (double X, double Y) point = (ranked.FalsePositives[i] / ranked.Negatives, ranked.TruePositives[i] / ranked.Positives);
            while (hull.Count > 1 && IsBelow(hull[^1], hull[^2], point))
                hull.RemoveAt(hull.Count - 1);
            hull.Add(point);
        }
        List<(double, double)> corners = [(0, 0)];
        for (var i = 1; i < hull.Count; i++)
        {
            double right = hull[i].X - hull[i - 1].X, up = hull[i].Y - hull[i - 1].Y;
            var x = right / (right + up);
            if (x is > 0 and < 1)
                corners.Add((x, (1 - hull[i].Y) * x + hull[i].X * (1 - x)));
        }
        return [.. corners, (1, 0)];
    }

    /// <summary>Whether the middle point lies on or below the line between the others.</summary>
    private static bool IsBelow((double X, double Y) middle, (double X, double Y) from, (double X, double Y) to) =>
        (middle.Y - from.Y) * (to.X - from.X) <= (to.Y - from.Y) * (middle.X - from.X);
}
