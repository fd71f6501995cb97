using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>The classes of one fit: what their rows weigh, and what that does to the model's biases.</summary>
/// <param name="weights">What a row of each class weighs; null is 1.</param>
/// <param name="prior">What the probabilities are to refer to; null leaves them as the weights made them.</param>
/// <param name="names">The classes' names, their indexes where they have none.</param>
/// <param name="loss">The loss of a row, without class weights.</param>
internal sealed class ClassTargets(ClassWeights? weights, TargetPrior? prior, string[] names, LogitLoss loss)
{
    private double[] _counts = [];
    private double[]? _weights;

    /// <summary>The loss with the class weights that the options ask for.</summary>
    /// <param name="rows">The training rows, gone through if they must be counted.</param>
    /// <param name="channel">Is warned of classes without rows.</param>
    /// <exception cref="InvalidOperationException">An option names a class that is not there.</exception>
    /// <param name="shares">Of a cluster, the rows of all ranks instead.</param>
    public LogitLoss LossOf(IEnumerable<RowBlock> rows, IChannel channel, RowShares? shares = null)
    {
        prior?.Check(names);
        if (prior is { IsOfRows: false } || weights is { IsBalanced: true })
            _counts = shares is null ? Count(rows) : shares.Sum(names.Length, (share, sums) => Count(shares.Own, share, sums))[..^1];
        if (weights is null)
            return loss;
        _weights = weights.Of(names, _counts);
        string[] absent = [.. names.Where((_, k) => weights.IsBalanced && _counts[k] == 0)];
        if (absent.Length > 0)
            channel.Warning(MessageSensitivity.Schema, $"No training row is of class {Throw.Listed(absent)}; the balanced weight of "
                + $"such a class is 0.");
        return loss.WithClassWeights(_weights);
    }

    /// <summary>Makes a model's biases refer to the prior that the options ask for.</summary>
    public void Correct(float[] biases)
    {
        if (prior is null)
            return;
        double[] shifts = [.. names.Select((_, k) => Shift(k))];
        if (biases.Length == 1)
        {
            biases[0] += (float)(shifts[1] - shifts[0]);
            return;
        }
        for (var k = 0; k < biases.Length; k++)
            biases[k] += (float)shifts[k];
    }

    /// <summary>log of the prior asked for over that of the rows as weighted; 0 where a class has no row to have a prior of.</summary>
    private double Shift(int k)
    {
        var weight = _weights?[k] ?? 1;
        if (prior!.IsOfRows)
            return weight > 0 ? -Math.Log(weight) : 0;
        return weight * _counts[k] > 0 ? Math.Log(prior[names[k]] / (weight * _counts[k])) : throw TrainingErrors.NoRowsToCorrect(names[k]);
    }

    private void Count(RowSet rows, RowShare share, double[] sums)
    {
        for (var row = share.From; row < share.To; row++)
        {
            var target = rows.Target(row, names.Length);
            double weight = rows.Weight(row);
            if (target.IsClass)
                sums[target.ClassIndex] += weight;
            for (var k = 0; !target.IsClass && k < names.Length; k++)
                sums[k] += weight * target.Vector[k];
        }
    }

    private double[] Count(IEnumerable<RowBlock> rows)
    {
        var counts = new double[names.Length];
        foreach (var block in rows)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                double weight = block.Weights?[row] ?? 1;
                if (block.Classes is { } classes)
                    counts[classes[row]] += weight;
                for (var k = 0; block.Classes is null && k < names.Length; k++)
                    counts[k] += weight * block.Targets![row * names.Length + k];
            }
        }

        return counts;
    }
}
