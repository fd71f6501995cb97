using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What a binary model says of a row: the probabilities of the negative and the positive class and their losses.</summary>
internal ref struct BinaryScore
{
    private BinaryScore(Span<double> storage)
    {
        Probabilities = storage[..2];
        Complements = storage[2..4];
        Losses = storage[4..6];
    }

    /// <summary>The number of doubles a caller lends.</summary>
    public const int StorageSize = 6;

    /// <summary>The probability of the negative class, then of the positive one.</summary>
    public Span<double> Probabilities { get; }

    /// <summary>1 less each of them: the same two, exchanged.</summary>
    public Span<double> Complements { get; }

    /// <summary>-ln of each of them.</summary>
    public Span<double> Losses { get; }

    public bool IsPositive { get; private set; }

    public static BinaryScore OfProbability(float probability, Span<double> storage)
    {
        double p = probability;
        BinaryScore score = new(storage) { IsPositive = p > 0.5 };
        (score.Probabilities[0], score.Probabilities[1]) = (1 - p, p);
        (score.Complements[0], score.Complements[1]) = (p, 1 - p);
        (score.Losses[0], score.Losses[1]) = (-Math.Log(1 - p), -Math.Log(p));
        return score;
    }

    public static BinaryScore OfLogit(float logit, Span<double> storage)
    {
        double z = logit;
        BinaryScore score = new(storage) { IsPositive = z > 0 };
        (double p, double complement) = (StableMath.Sigmoid(z), StableMath.Sigmoid(-z));
        (score.Probabilities[0], score.Probabilities[1]) = (complement, p);
        (score.Complements[0], score.Complements[1]) = (p, complement);
        (score.Losses[0], score.Losses[1]) = (StableMath.Softplus(z), StableMath.Softplus(-z));
        return score;
    }

    /// <summary>A row with a hard label.</summary>
    public readonly EvaluatedRow ToRow(long position, int label, double weight, LossFloor floor) => new()
    {
        Row = position,
        Label = label,
        Predicted = IsPositive ? 1 : 0,
        Weight = weight,
        Loss = Losses[label],
        ClippedLoss = floor.Clip(Losses[label]),
        Probabilities = Probabilities,
        Complements = Complements,
    };

    /// <summary>A row whose label is the shares of the negative and the positive class; a share of 1 makes it a hard one.</summary>
    public readonly EvaluatedRow ToRow(long position, ReadOnlySpan<double> target, double weight, LossFloor floor)
    {
        if (target[0] == 1 || target[1] == 1)
            return ToRow(position, target[1] == 1 ? 1 : 0, weight, floor);
        return new()
        {
            Row = position,
            Label = -1,
            Target = target,
            Predicted = IsPositive ? 1 : 0,
            Weight = weight,
            Loss = target[0] * Losses[0] + target[1] * Losses[1],
            ClippedLoss = target[0] * floor.Clip(Losses[0]) + target[1] * floor.Clip(Losses[1]),
            Probabilities = Probabilities,
            Complements = Complements,
            ClassLosses = Losses,
        };
    }

    /// <summary>Whether a float probability is the sigmoid of a float score, up to what float arithmetic and underflow lose.</summary>
    public static bool IsSigmoid(float probability, float score)
    {
        double sigmoid = StableMath.Sigmoid((double)score);
        return Math.Abs(probability - sigmoid) <= 1e-5 * sigmoid + 1e-37;
    }
}
