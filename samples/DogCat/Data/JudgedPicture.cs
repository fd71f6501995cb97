using MLNet.CrossEntropy;


namespace DogCat.Data;

/// <summary>A picture and what a model says about it.</summary>
/// <param name="Row">Its place among the test pictures, counted from 0 as the report's tables of rows do.</param>
/// <param name="Picture">The picture.</param>
/// <param name="ProbabilityOfDog">The model's.</param>
public sealed record JudgedPicture(int Row, LabelledPicture Picture, double ProbabilityOfDog)
{
    /// <summary>Its file; its row where it was drawn.</summary>
    public string Name => Picture.Path ?? FormattableString.Invariant($"row {Row}");

    /// <summary>What the model takes it for.</summary>
    public string Answer => ProbabilityOfDog > 0.5 ? "dog" : "cat";

    /// <summary>The probability of the answer, at least 1/2.</summary>
    public double Confidence => Math.Max(ProbabilityOfDog, 1 - ProbabilityOfDog);

    /// <summary>Whether the answer is the label.</summary>
    public bool IsRight => Answer == Picture.Label;

    /// <summary>H(p) of the picture's soft label p, in nats: how much people doubt what it is. NaN without one.</summary>
    public double LabelEntropy => Picture.SoftLabel is { } p ? Entropy(p) : double.NaN;

    /// <summary>H(q) of the model's probabilities q, in nats.</summary>
    public double ModelEntropy => Entropy(ProbabilityOfDog);

    /// <summary>What takes the place of a probability of 0, which would cost infinity, as in the library's evaluator.</summary>
    private const double Floor = 1e-15;

    /// <summary>Whether the model gives no chance to what people, or the known probability, do.</summary>
    public bool IsFloored => Picture.SoftLabel is { } p && (p > 0 && ProbabilityOfDog < Floor || p < 1 && 1 - ProbabilityOfDog < Floor);

    /// <summary>
    /// KL(p || q) in nats: what the model costs beyond H(p) where the label is drawn from p; where <see cref="IsFloored"/>, with a floor under q. NaN
    /// without a soft label.
    /// </summary>
    public double Divergence
    {
        get
        {
            var q = Math.Clamp(ProbabilityOfDog, Floor, 1 - Floor);
            return Picture.SoftLabel is { } p
                ? InformationTheory.KullbackLeibler(Target.Of<double>([1 - p, p]), MLNet.CrossEntropy.Prediction.Of<double>([1 - q, q]))
                : double.NaN;
        }
    }

    /// <summary>Puts pictures and probabilities together.</summary>
    public static JudgedPicture[] All(PictureSet pictures, IReadOnlyList<double> probabilitiesOfDog) =>
        [.. pictures.Items.Zip(probabilitiesOfDog, (picture, p) => (picture, p)).Select((pair, i) => new JudgedPicture(i, pair.picture, pair.p))];

    private static double Entropy(double p) => InformationTheory.Entropy<double>([1 - p, p]);
}
