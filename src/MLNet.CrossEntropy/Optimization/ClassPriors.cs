using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>The best model that looks at no feature: biases alone.</summary>
internal static class ClassPriors
{
    /// <summary>Biases whose predictions are the weighted mean targets of the rows.</summary>
    public static float[] Biases(RowSet rows, LogitLoss loss, int outputs)
    {
        var means = new double[outputs];
        var weights = new double[outputs];
        for (var i = 0; i < rows.Rows; i++)
        {
            var target = rows.Target(i, outputs);
            Add(target, rows.Weight(i) * loss.TargetWeight(target), means, weights);
        }

        for (var k = 0; k < outputs; k++)
            means[k] = weights[k] > 0 ? means[k] / weights[k] : 0.5;
        var logits = new double[outputs];
        loss.PriorLogits(means, logits);
        return [.. logits.Select(logit => (float)logit)];
    }

    /// <summary>The sum of the rows' weights, each times that of its target.</summary>
    public static double TotalWeight(RowSet rows, LogitLoss loss, int outputs)
    {
        var total = 0.0;
        for (var i = 0; i < rows.Rows; i++)
            total += rows.Weight(i) * loss.TargetWeight(rows.Target(i, outputs));
        return total;
    }

    private static void Add(RowTarget target, double weight, double[] sums, double[] weights)
    {
        if (target.IsClass && target.ClassIndex < 0)
            return;
        for (var k = 0; k < sums.Length; k++)
        {
            // One output stands for class 1 against class 0.
            var value = !target.IsClass ? target.Vector[k] : target.ClassIndex == (sums.Length == 1 ? 1 : k) ? 1 : 0;
            if (float.IsNaN(value))
                continue;
            sums[k] += weight * value;
            weights[k] += weight;
        }
    }
}
