using PictureFiles;

namespace DogCat.Drawing;

/// <summary>
/// Draws pictures of dogs and cats whose label is uncertain by a known amount.
/// <para>
/// Each picture is made in three steps: (1) a blend b in [0, 1] is drawn: seven animals of ten are of a pure kind (b near 0
/// or near 1), three are a cross (b anywhere); (2) the label is a coin toss, "dog" with probability p(b); (3) the picture is
/// drawn from b and further randomness (breed, pose, coat, light, noise, ...) that never looks at the label.
/// </para>
/// <para>
/// Hence the irreducible entropy is known. Given b, label and picture are independent, so nothing seen in the picture can
/// tell more about the label than b itself does: for every rule q that turns a picture into a probability,
/// E[-log q(label | picture)] >= H(label | picture) >= H(label | picture, b) = H(label | b) = E[H(p(b))], with the binary
/// entropy H(p) = -p log p - (1-p) log(1-p). The first step is Gibbs' inequality, the second holds because knowing more
/// never adds entropy. The mean of H(p) over the test pictures is therefore a lower bound on the expected test log-loss of
/// every model. It is not quite reachable, because breed, noise and occlusion hide b a little.
/// </para>
/// </summary>
public static class DrawnPictures
{
    /// <summary>The probability that an animal of pure kind is labelled as the other one.</summary>
    public const double Mislabelled = 0.02;

    /// <summary>Draws pictures first, ..., first + count - 1 of the series that belongs to <paramref name="seed"/>, calling <paramref name="done"/> after each.</summary>
    public static DrawnPicture[] Draw(int seed, int first, int count, int side = 32, Action? done = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        var pictures = new DrawnPicture[count];
        // Each picture has a random generator of its own, so the threads' order does not matter.
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            pictures[i] = Draw(SplitMix64.ForItem(seed, first + i), side);
            done?.Invoke();
        });
        return pictures;
    }

    /// <summary>p(b): flat for pure kinds, rising smoothly in between (a polynomial: 3s^2 - 2s^3, s = (b - 0.2) / 0.6).</summary>
    public static double ProbabilityOfDog(double blend)
    {
        var s = Math.Clamp((blend - 0.2) / 0.6, 0, 1);
        return Mislabelled + (1 - 2 * Mislabelled) * s * s * (3 - 2 * s);
    }

    /// <summary>H(p) = -p log p - (1-p) log(1-p), in nats.</summary>
    public static double BinaryEntropy(double p) => -XLogX(p) - XLogX(1 - p);

    private static DrawnPicture Draw(SplitMix64 random, int side)
    {
        var blend = DrawBlend(random);
        var probability = ProbabilityOfDog(blend);
        var isDog = random.Chance(probability);
        return new DrawnPicture(Paint(random, blend, side), blend, probability, isDog);
    }

    private static double DrawBlend(SplitMix64 random)
    {
        var pure = random.Chance(0.7);
        var u = random.Uniform();
        if (!pure)
            return u;
        return u < 0.5 ? 0.4 * u : 1 - 0.4 * (1 - u);
    }

    private static Picture Paint(SplitMix64 random, double blend, int side)
    {
        Traits traits = Traits.Draw(random, (float)blend);
        var canvas = new Canvas(side);
        Scene.PaintBackground(canvas, random);
        BodyPainter.Paint(canvas, traits);
        Scene.PaintForeground(canvas, random);
        Scene.Expose(canvas, random);
        return canvas.ToPicture();
    }

    private static double XLogX(double x) => x == 0 ? 0 : x * Math.Log(x);
}
