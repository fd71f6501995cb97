using Microsoft.ML.Data;
using SkiaSharp;

namespace DogCat.Drawing;

/// <summary>
/// What pictures are drawn for. Each purpose of a seed has a series of its own, so that none is ever both learned from and tested with.
/// </summary>
internal enum Series { Train, Test, Evaluation, FolderTrain, FolderTest }

/// <summary>
/// Draws dogs and cats whose label is uncertain by a known amount. (1) A blend b from cat (0) to dog (1) is drawn: seven animals of ten are
/// of a pure kind, three are a cross. (2) The label is a coin toss, "dog" with probability p(b). (3) The picture is drawn from b
/// and from what has nothing to do with the label: breed, coat, place, light, noise.
/// <para>
/// So the irreducible entropy is known. Given b, label and picture are independent: nothing in the picture tells more of the label than b
/// does. For every rule q from a picture to a probability, E[-log q(label | picture)] >= H(label | picture) (Gibbs' inequality) >=
/// H(label | picture, b) (knowing more never adds entropy) = H(label | b) = E[H(p(b))], H(p) = -p log p - (1-p) log(1-p). No model's
/// expected log-loss is below the mean of H(p). None quite reaches it: breed, noise and what stands in front hide b a little.
/// </para>
/// </summary>
internal static class DrawnPictures
{
    /// <summary>Pixels in each direction.</summary>
    public const int Side = 32;

    /// <summary>The probability that an animal of pure kind is labelled as the other one.</summary>
    public const double Mislabelled = 0.02;

    /// <summary>Draws the first pictures of a series: the same ones for a seed, whatever the threads' order.</summary>
    public static Picture[] Draw(int seed, Series series, int count, Action? done = null, CancellationToken cancellation = default) =>
        [.. ParallelEnumerable.Range(0, count).AsOrdered().WithCancellation(cancellation).Select(i =>
        {
            var random = SplitMix64.ForItem(seed, series, i);
            var blend = DrawBlend(random);
            var probability = ProbabilityOfDog(blend);
            var isDog = random.Chance(probability);
            var pixels = Paint(random, blend);
            done?.Invoke();
            return new Picture($"{series} {i}", isDog, () => MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, pixels), probability);
        })];

    /// <summary>p(b): flat for pure kinds, rising smoothly in between (a polynomial: 3s^2 - 2s^3, s = (b - 0.2) / 0.6).</summary>
    public static double ProbabilityOfDog(double blend)
    {
        var s = Math.Clamp((blend - 0.2) / 0.6, 0, 1);
        return Mislabelled + (1 - 2 * Mislabelled) * s * s * (3 - 2 * s);
    }

    internal static double DrawBlend(SplitMix64 random)
    {
        (var isPure, var u) = (random.Chance(0.7), random.Uniform());
        return !isPure ? u : u < 0.5 ? 0.4 * u : 1 - 0.4 * (1 - u);
    }

    /// <summary>Red, green, blue and alpha of each pixel, row by row.</summary>
    private static byte[] Paint(SplitMix64 random, double blend)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Scale(Side);
        canvas.Translate(0.5f, 0.5f);
        var brush = new Brush(canvas);
        Scene.PaintBackground(brush, random);
        var animal = new AnimalPainter(brush, random, (float)blend);
        using (new SKAutoCanvasRestore(canvas))
        {
            canvas.Translate(random.Between(-0.1f, 0.1f), random.Between(-0.1f, 0.1f));
            canvas.RotateDegrees(random.Between(-15, 15));
            var scale = random.Between(0.75f, 1.2f);
            canvas.Scale(random.Chance(0.5) ? -scale : scale, scale);
            animal.Paint();
        }
        Scene.PaintForeground(brush, random);
        canvas.Flush();
        var pixels = bitmap.Bytes;
        Scene.Expose(pixels, Side, random);
        return pixels;
    }
}

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): a random generator that may begin anew for each picture at no cost.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator for item <paramref name="index"/> of a series, whatever was drawn for the items before it.</summary>
    public static SplitMix64 ForItem(int seed, Series series, int index) => new(Mix(Mix((uint)seed | (ulong)series << 32) + (uint)index));

    /// <summary>Uniform on [0, 1), with 53 random bits.</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform between two numbers.</summary>
    public float Between(float low, float high) => low + (high - low) * (float)Uniform();

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>A bell curve with mean 0 and standard deviation 1: the sum of four uniforms, scaled.</summary>
    public float Bell() => (float)((Uniform() + Uniform() + Uniform() + Uniform() - 2) * 1.7320508075688772);

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(ReadOnlySpan<T> items) => items[(int)(Uniform() * items.Length)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
