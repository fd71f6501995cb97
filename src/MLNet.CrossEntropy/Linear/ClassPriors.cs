using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The best model that looks at no feature: biases alone, whose predictions are the weighted mean targets of the rows.</summary>
internal sealed class ClassPriors(LogitLoss loss, int outputs)
{
    private readonly double[] _sums = new double[outputs];
    private readonly double[] _weights = new double[outputs];

    /// <summary>The sum of the rows' weights, each times that of its target.</summary>
    public double TargetWeight { get; private set; }

    /// <summary>The summed weight of each output's targets.</summary>
    public double[] Sums => [.. _sums];

    /// <summary>Takes the targets of more rows into account.</summary>
    public void Add(RowSet rows)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var target = rows.Target(i, outputs);
            var weight = rows.Weight(i) * loss.TargetWeight(target);
            TargetWeight += weight;
            Add(target, weight);
        }
    }

    /// <summary>The biases for the rows added so far.</summary>
    public float[] Biases()
    {
        var means = new double[outputs];
        for (var k = 0; k < outputs; k++)
            means[k] = _weights[k] > 0 ? _sums[k] / _weights[k] : 0.5;
        var logits = new double[outputs];
        loss.PriorLogits(means, logits);
        return [.. logits.Select(logit => (float)logit)];
    }

    private void Add(RowTarget target, double weight)
    {
        if (target.IsClass && target.ClassIndex < 0)
            return;
        for (var k = 0; k < outputs; k++)
        {
            // One output stands for class 1 against class 0.
            var value = !target.IsClass ? target.Vector[k] : target.ClassIndex == (outputs == 1 ? 1 : k) ? 1 : 0;
            if (float.IsNaN(value))
                continue;
            _sums[k] += weight * value;
            _weights[k] += weight;
        }
    }
}
