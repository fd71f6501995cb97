using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>The classes of one fit: what their rows weigh, and what that does to the model's biases.</summary>
/// <param name="options">The trainer's options.</param>
/// <param name="names">The classes' names, their indexes where they have none.</param>
/// <param name="loss">The loss of a row, without class weights.</param>
/// <param name="positiveWeight">What the loss has the second class cost more than the first.</param>
internal sealed class ClassTargets(ClassTrainerOptions options, string[] names, LogitLoss loss, double positiveWeight = 1)
{
    private double[] _counts = [];
    private double[]? _weights;

    /// <summary>The loss with the class weights that the options ask for.</summary>
    /// <param name="rows">The training rows, gone through if they must be counted.</param>
    /// <param name="channel">Is warned of classes without rows.</param>
    /// <exception cref="InvalidOperationException">An option names a class that is not there.</exception>
    public LogitLoss LossOf(IEnumerable<RowBlock> rows, IChannel channel)
    {
        CheckPrior();
        if (options.TargetPrior is not null || options.ClassWeights is { IsBalanced: true })
            Count(rows);
        if (options.ClassWeights is not { } classWeights)
            return loss;
        _weights = classWeights.Of(names, _counts);
        string[] absent = [.. names.Where((_, k) => classWeights.IsBalanced && _counts[k] == 0)];
        if (absent.Length > 0)
            channel.Warning(MessageSensitivity.Schema, $"No training row is of class {Throw.Listed(absent)}; the balanced weight of such a class is 0.");
        return loss.WithClassWeights(_weights);
    }

    /// <summary>Makes a model's biases refer to the prior that the options ask for.</summary>
    public void Correct(float[] biases)
    {
        if (!options.PriorCorrection && options.TargetPrior is null)
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
        var weight = (_weights?[k] ?? 1) * (k == 1 ? positiveWeight : 1);
        if (options.TargetPrior is { } prior)
            return weight * _counts[k] > 0 ? Math.Log(prior[names[k]] / (weight * _counts[k])) : throw Throw.NoRowsToCorrect(names[k]);
        return weight > 0 ? -Math.Log(weight) : 0;
    }

    private void CheckPrior()
    {
        if (options.TargetPrior is not { } prior)
            return;
        if (prior.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw Throw.UnknownClass(nameof(options.TargetPrior), unknown, names);
        if (names.FirstOrDefault(name => !prior.ContainsKey(name)) is { } missing)
            throw Throw.NoTargetPrior(missing);
    }

    private void Count(IEnumerable<RowBlock> rows)
    {
        _counts = new double[names.Length];
        foreach (var block in rows)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                double weight = block.Weights?[row] ?? 1;
                if (block.Classes is { } classes)
                    _counts[classes[row]] += weight;
                for (var k = 0; block.Classes is null && k < names.Length; k++)
                    _counts[k] += weight * block.Targets![row * names.Length + k];
            }
        }
    }
}
