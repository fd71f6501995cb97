using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>Reliability in bins of equal weight.</summary>
internal static class EqualMassReliability
{
    /// <summary>
    /// Cuts the forecasts, lowest first, at each further share 1/M of the weight; equal forecasts stay together, so that there
    /// may be fewer bins than asked for. Edges are the highest forecast of each bin.
    /// </summary>
    public static ReliabilityDiagram Of(List<ScoreGroup> groups, int bins)
    {
        var total = groups.Sum(g => g.Weight);
        List<ReliabilitySums> sums = [];
        List<double> edges = [groups.Count > 0 ? groups[0].Probability : 0];
        ReliabilitySums open = default;
        double seen = 0, cut = 1;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            open.Add(group.Probability, group.Complement, group.Positive / group.Weight, group.Weight, group.SquaredWeights);
            seen += group.Weight;
            // The tolerance lets sums of many weights reach their share in spite of rounding.
            var shares = seen / total * bins + 1e-9;
            if (shares >= cut || i == groups.Count - 1)
            {
                cut = Math.Floor(shares) + 1;
                sums.Add(open);
                edges.Add(group.Probability);
                open = default;
            }
        }
        return ReliabilitySums.ToDiagram(CollectionsMarshal.AsSpan(sums), CollectionsMarshal.AsSpan(edges));
    }
}
