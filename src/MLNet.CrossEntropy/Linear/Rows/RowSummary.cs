using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>What one pass over the training rows tells of them as a whole.</summary>
internal sealed record RowSummary
{
    // Errors and features have room for 28 powers of ten more.
    private const float FarWeight = 1L << 32;

    /// <summary>How many rows there are.</summary>
    public required long Rows { get; init; }

    /// <summary>The rows of each chunk, the last perhaps having fewer.</summary>
    public required int ChunkRows { get; init; }

    /// <summary>How many features each row has.</summary>
    public required int Features { get; init; }

    /// <summary>How many outputs their targets have.</summary>
    public int Outputs => OutputWeights.Length;

    /// <summary>Whether the rows are sparse.</summary>
    public required bool IsSparse { get; init; }

    /// <summary>The bytes of the largest chunk's arrays.</summary>
    public required long LargestChunkBytes { get; init; }

    /// <summary>About how many values of a row are stored: all features, or the non-zeros of a sparse row (8 bytes each).</summary>
    public long ValuesPerRow => IsSparse ? Math.Max(1, LargestChunkBytes / (8L * ChunkRows)) : Features;

    /// <summary>The largest example weight, as it came.</summary>
    public required float LargestWeight { get; init; }

    /// <summary>
    /// The <see cref="RowSet.WeightScale"/> of these rows: 1, but where the largest weight is so far from that that its products with
    /// errors may leave what a float can hold.
    /// </summary>
    public float WeightScale => LargestWeight is > FarWeight or < 1 / FarWeight
        ? MathF.ScaleB(1, Math.Clamp(-MathF.ILogB(LargestWeight), -126, 126))
        : 1;

    /// <summary>The sum of the example weights.</summary>
    public required double TotalWeight { get; init; }

    /// <summary>The sum of the example weights, each times that of its target.</summary>
    public required double TargetWeight { get; init; }

    /// <summary>The biases of the best model that looks at no feature.</summary>
    public required float[] PriorBiases { get; init; }

    /// <summary>The mean loss of that model; null where it would take another pass over the rows, which have no hard labels.</summary>
    public double? PriorLoss { get; init; }

    /// <summary>The weight of each output: of the rows of its class, or of their shares in it.</summary>
    public required double[] OutputWeights { get; init; }

    /// <summary>Reads all rows once.</summary>
    /// <exception cref="ArgumentException">There are no rows, none has weight, or the chunks are not alike.</exception>
    public static RowSummary Of(IEnumerable<RowSet> chunks, LogitLoss loss, int outputs)
    {
        RowSummary? sum = null;
        var priors = new ClassPriors(loss, outputs);
        foreach (var rows in chunks)
        {
            sum ??= new RowSummary
            {
                Rows = 0,
                ChunkRows = rows.Rows,
                Features = rows.Features,
                IsSparse = rows.IsSparse,
                LargestWeight = 0,
                TotalWeight = 0,
                LargestChunkBytes = 0,
                TargetWeight = 0,
                PriorBiases = [],
                OutputWeights = [],
            };
            if (rows.Features != sum.Features || rows.IsSparse != sum.IsSparse)
                throw new ArgumentException($"The chunk of rows from {sum.Rows} on has {rows.Features} features, sparse: "
                    + $"{rows.IsSparse}, and the first {sum.Features}, sparse: {sum.IsSparse}; all must be alike.", nameof(chunks));
            sum = sum with
            {
                Rows = sum.Rows + rows.Rows,
                LargestWeight = Math.Max(sum.LargestWeight, rows.LargestWeight),
                TotalWeight = sum.TotalWeight + rows.TotalWeight,
                LargestChunkBytes = Math.Max(sum.LargestChunkBytes, rows.Bytes),
            };
            priors.Add(rows);
        }

        if (sum is null)
            throw new ArgumentException("There are no rows.", nameof(chunks));
        return sum.TotalWeight > 0
            ? sum with
            {
                TargetWeight = priors.TargetWeight,
                PriorBiases = priors.Biases(),
                PriorLoss = priors.Loss(),
                OutputWeights = priors.Sums,
            }
            : throw new ArgumentException($"The {sum.Rows} training rows weigh {sum.TotalWeight} in all; at least one must have a "
                + "positive weight.", nameof(chunks));
    }

    /// <summary>The summary of the same rows, their weights times <see cref="WeightScale"/>.</summary>
    public RowSummary Scaled() => this with
    {
        TotalWeight = WeightScale * TotalWeight,
        TargetWeight = WeightScale * TargetWeight,
        OutputWeights = [.. OutputWeights.Select(weight => WeightScale * weight)],
    };

    /// <summary>The steps of an epoch: a batch never reaches over the end of its chunk.</summary>
    public long Steps(int batchSize)
    {
        long InChunk(long rows) => (rows + batchSize - 1) / batchSize;
        return Rows / ChunkRows * InChunk(ChunkRows) + InChunk(Rows % ChunkRows);
    }
}

/// <summary>The best model that looks at no feature: biases alone, whose predictions are the weighted mean targets of the rows.</summary>
internal sealed class ClassPriors(LogitLoss loss, int outputs)
{
    private readonly double[] _sums = new double[outputs];
    private readonly double[] _weights = new double[outputs];
    private bool _haveVectors;

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

    /// <summary>
    /// The mean loss by <see cref="Biases"/> of the rows added so far, class by class; null unless they have hard labels.
    /// </summary>
    public double? Loss()
    {
        if (_haveVectors)
            return null;
        double[] logits = [.. Biases().Select(bias => (double)bias)], gradient = new double[outputs];
        CompensatedSum sum = default;
        for (var k = 0; k < Math.Max(2, outputs); k++)
        {
            var target = RowTarget.Class(k);
            var weight = outputs > 1 ? _sums[k] : k == 1 ? _sums[0] : _weights[0] - _sums[0];
            if (weight > 0)
                sum.Add(weight / loss.TargetWeight(target) * loss.LossAndGradient(logits, target, gradient));
        }

        return sum.Value / TargetWeight;
    }

    private void Add(RowTarget target, double weight)
    {
        _haveVectors |= !target.IsClass;
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
