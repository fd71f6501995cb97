using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>What one pass over the training rows tells of them as a whole.</summary>
internal sealed record RowSummary
{
    // Beside a sum of 1 it moves no digit of a double, and its inverse is a float.
    private const double Negligible = 1.0 / (1L << 48) / (1L << 48);

    /// <summary>How many rows there are.</summary>
    public required long Rows { get; init; }

    /// <summary>The rows of each chunk, the last perhaps having fewer.</summary>
    public required int ChunkRows { get; init; }

    /// <summary>Of a cluster, how many shares each step takes rows from; else 1.</summary>
    public int Parts { get; init; } = 1;

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

    /// <summary>The largest example weight.</summary>
    public float LargestWeight { get; init; }

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

    /// <summary>The class that all the weight is of, 0 or 1 where there is one output; null where there are several.</summary>
    public int? OnlyClass => Outputs > 1 ? (OutputWeights.Count(w => w > 0) == 1 ? Array.FindIndex(OutputWeights, w => w > 0) : null)
        : OutputWeights[0] == 0 ? 0
        : OutputWeights[0] >= TargetWeight ? 1
        : null;

    /// <summary>Reads all rows once.</summary>
    /// <exception cref="ArgumentException">There are no rows, they have no weight, or the chunks are not alike.</exception>
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
                LargestWeight = Math.Max(sum.LargestWeight, rows.Blocks.ToArray().Max(block => block.LargestWeight)),
                TotalWeight = sum.TotalWeight + rows.TotalWeight,
                LargestChunkBytes = Math.Max(sum.LargestChunkBytes, rows.Bytes),
            };
            priors.Add(rows, 0, rows.Rows);
        }

        if (sum is null)
            throw new ArgumentException("There are no rows.", nameof(chunks));
        if (Weightless(sum.Rows, sum.TotalWeight, priors.TargetWeight, sum.LargestWeight) is { } error)
            throw error;
        return sum with
        {
            TargetWeight = priors.TargetWeight,
            PriorBiases = priors.Biases(),
            PriorLoss = priors.Loss(),
            OutputWeights = priors.Sums,
        };
    }

    /// <summary>The same of the rows of a cluster; their shares count as chunks.</summary>
    /// <exception cref="ArgumentException">They have no weight.</exception>
    public static RowSummary Of(RowShares shares, LogitLoss loss, int outputs)
    {
        var own = shares.Own;
        var sums = shares.Sum(2 + 2 * outputs, (share, values) =>
        {
            var priors = new ClassPriors(loss, outputs);
            priors.Add(own, share.From, share.To);
            for (var row = share.From; row < share.To; row++)
                values[0] += own.Weight(row);
            priors.CopyTo(values.AsSpan(1));
        });
        if (Weightless(shares.Rows, sums[0], sums[1], largest: 1) is { } error)
            throw ClusterMessages.Agreed(error);
        var all = new ClassPriors(loss, outputs, sums.AsSpan(1));
        var chunk = shares.LargestShare;
        return new RowSummary
        {
            Rows = shares.Rows,
            ChunkRows = chunk,
            Parts = shares.Count,
            Features = own.Features,
            IsSparse = own.IsSparse,
            LargestChunkBytes = own.IsSparse ? (long)(8.0 * chunk * shares.NonZeros / shares.Rows) : 4L * chunk * own.Features,
            TotalWeight = sums[0],
            TargetWeight = all.TargetWeight,
            PriorBiases = all.Biases(),
            PriorLoss = own.HasClasses ? all.Loss() : null,
            OutputWeights = all.Sums,
        };
    }

    /// <summary>The summary of the same rows, their weights times <paramref name="scale"/>.</summary>
    public RowSummary Weighing(float scale) => this with
    {
        LargestWeight = scale * LargestWeight,
        TotalWeight = scale * TotalWeight,
        TargetWeight = scale * TargetWeight,
        OutputWeights = [.. OutputWeights.Select(weight => scale * weight)],
    };

    /// <summary>The steps of an epoch: a batch never reaches over the end of its chunk.</summary>
    public long Steps(int batchSize)
    {
        long InChunk(long rows) => (rows + batchSize - 1) / batchSize;
        return Rows / ChunkRows * InChunk(ChunkRows) + InChunk(Rows % ChunkRows);
    }

    /// <summary>The error of rows that weigh nothing, by themselves or by their targets.</summary>
    private static ArgumentException? Weightless(long rows, double weight, double targetWeight, double largest) =>
        !(weight > 0) ? new($"The {rows} training rows weigh {weight} in all; at least one must have a positive weight.")
        : targetWeight > Negligible * largest ? null
        : new(FormattableString.Invariant($"The {rows} training rows weigh {targetWeight:g3} in all by the weights of their classes: next ")
            + "to nothing beside a row of the heaviest class. Let ClassWeights give weight to the classes that rows have.");
}

/// <summary>The best model that looks at no feature: biases alone, whose predictions are the weighted mean targets of the rows.</summary>
internal sealed class ClassPriors(LogitLoss loss, int outputs)
{
    private readonly double[] _sums = new double[outputs];
    private readonly double[] _weights = new double[outputs];
    private readonly double[] _ofClass =
        [.. Enumerable.Range(0, outputs).Select(k => loss.TargetWeight(RowTarget.Class(outputs == 1 ? 1 : k)))];
    private bool _haveVectors;

    /// <summary>Those that <see cref="CopyTo"/> has written.</summary>
    public ClassPriors(LogitLoss loss, int outputs, ReadOnlySpan<double> sums)
        : this(loss, outputs)
    {
        TargetWeight = sums[0];
        sums.Slice(1, outputs).CopyTo(_sums);
        sums.Slice(1 + outputs, outputs).CopyTo(_weights);
    }

    /// <summary>The sum of the rows' weights, each times that of its target.</summary>
    public double TargetWeight { get; private set; }

    /// <summary>The summed weight of each output's targets.</summary>
    public double[] Sums => [.. _sums];

    /// <summary>Writes all sums, <c>1 + 2 outputs</c> numbers.</summary>
    public void CopyTo(Span<double> sums)
    {
        sums[0] = TargetWeight;
        _sums.CopyTo(sums[1..]);
        _weights.CopyTo(sums[(1 + outputs)..]);
    }

    /// <summary>Takes the targets of more rows into account.</summary>
    public void Add(RowSet rows, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var target = rows.Target(i, outputs);
            var weight = rows.Weight(i) * loss.TargetWeight(target);
            TargetWeight += weight;
            Add(target, rows.Weight(i), weight);
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

    private void Add(RowTarget target, double rowWeight, double weight)
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
            _sums[k] += rowWeight * _ofClass[k] * value;
            _weights[k] += weight;
        }
    }
}
