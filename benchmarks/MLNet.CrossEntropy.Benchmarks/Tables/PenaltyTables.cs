using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Tables of training and test rows that want very different penalties: generated ones after kinds that are met, and real ones.
/// </summary>
internal static class PenaltyTables
{
    public static IEnumerable<(string Name, Func<(Problem Train, Problem Test)> Make)> Generated()
    {
        yield return ("numbers, 100 rows", () => Split(Numbers(100 + 20_000, 2, 1), 100));
        yield return ("numbers, 1,000 rows, 5 classes", () => Split(Numbers(1_000 + 20_000, 5, 2), 1_000));
        yield return ("numbers, 50,000 rows, 5 classes", () => Split(Numbers(50_000 + 20_000, 5, 2), 50_000));
        yield return ("noise, 300 rows", () => Split(Numbers(300 + 20_000, 2, 0), 300));
        yield return ("mixed units, 500 rows", () => Split(Numbers(500 + 20_000, 3, 2, j => Math.Pow(10, j % 7 - 3)), 500));
        yield return ("nearly separable, 2,000 rows", () => Split(Numbers(2_000 + 20_000, 3, 40), 2_000));
        yield return ("network features, 1,600 rows", () => Split(Network(1_600 + 4_000), 1_600));
        yield return ("words, 4,500 messages", () => Split(Words(4_500 + 4_500, isNormalised: true), 4_500));
        yield return ("word counts, 4,500 messages", () => Split(Words(4_500 + 4_500, isNormalised: false), 4_500));
        yield return ("flags, 20,000 rows", () => Split(Flags(20_000 + 20_000), 20_000));
        yield return ("one-hot of 1,000, 10,000 rows", () => Split(OneHot(10_000 + 20_000), 10_000));
        yield return ("uneven classes, 20,000 rows", () => Split(Uneven(20_000 + 20_000), 20_000));
        yield return ("pixels 0..255, 20,000 rows", () => Split(Pixels(20_000 + 5_000), 20_000));
    }

    public static IEnumerable<(string Name, Func<(Problem Train, Problem Test)> Make)> Real(DataFolder data)
    {
        yield return ("shuttle", () => (RealTables.Shuttle(data, "shuttle.trn.numeric.csv.gz"), RealTables.Shuttle(data, "shuttle.tst.numeric.csv.gz")));
        yield return ("w8a", () => Split(Of(Example.From(Adult.Read(data, "w8a", "w8a.gz", features: 300)), 2), 37_312));
        yield return ("a9a", () => (Of(Example.From(Adult.Read(data).Train), 2), Of(Example.From(Adult.Read(data).Test), 2)));
        yield return ("20newsgroups", () => (Of(Example.From(Newsgroups.Read(data).Train), 20), Of(Example.From(Newsgroups.Read(data).Test), 20)));
        foreach (var most in new[] { 1, 255 })
        {
            yield return (
                $"fashion-mnist, 0..{most}", () => (Scaled(FashionMnist.Read(data).Train, most), Scaled(FashionMnist.Read(data).Test, most)));
        }

        yield return ("letter", () => Split(RealTables.Letters(data), 8_244));
    }

    private static Problem Scaled(DenseSet set, int most) => Of(Example.From(set with { Values = [.. set.Values.Select(x => x * most)] }), 10);

    private static Problem Of(IEnumerable<Example> rows, int classes)
    {
        List<Example> all = [.. rows];
        return new Problem("", all, classes, 1.0 / all.Count, Optimum: null);
    }

    /// <summary>So many rows, drawn by a seed, to train, the others to test.</summary>
    private static (Problem Train, Problem Test) Split(Problem all, int rows)
    {
        Example[] shuffled = [.. all.Rows];
        new Random(7).Shuffle(shuffled);
        return (Of(shuffled.Take(rows), all.Classes), Of(shuffled.Skip(rows), all.Classes));
    }

    private static Problem Numbers(int rows, int classes, double strength, Func<int, double>? unit = null)
    {
        const int Features = 20;
        var random = new Random(1);
        double[][] weights = Matrix(random, classes, Features, strength / Math.Sqrt(Features));
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            double[] z = Vector(random, Features);
            return Row(Draw(random, weights, z), [.. z.Select((x, j) => (float)(x * (unit?.Invoke(j) ?? 1)))]);
        }), classes);
    }

    /// <summary>512 outputs of a rectified layer: correlated, of 40 causes.</summary>
    private static Problem Network(int rows)
    {
        var random = new Random(2);
        double[][] layer = Matrix(random, 512, 40, 0.3), weights = Matrix(random, 2, 40, 0.8);
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            double[] z = Vector(random, 40);
            return Row(Draw(random, weights, z), [.. layer.Select(row => (float)Math.Max(0, Product(row, z) + 0.3 * Normal(random)))]);
        }), 2);
    }

    /// <summary>Short messages of 8,000 words, as frequent as 1/rank; one word in eight says something of the class.</summary>
    private static Problem Words(int rows, bool isNormalised)
    {
        const int Vocabulary = 8_000;
        var random = new Random(3);
        double[][] cumulated = [Cumulated(null), Cumulated(random)];
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            var label = random.NextDouble() < 0.13 ? 1 : 0;
            var counts = new SortedDictionary<int, float>();
            for (var left = 3 + (int)(-15 * Math.Log(1 - random.NextDouble())); left > 0; left--)
            {
                var place = Array.BinarySearch(cumulated[label], random.NextDouble());
                var word = Math.Min(Vocabulary - 1, place < 0 ? ~place : place);
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }

            var norm = isNormalised ? (float)Math.Sqrt(counts.Values.Sum(c => c * c)) : 1;
            return Row(label, new VBuffer<float>(Vocabulary, counts.Count, [.. counts.Values.Select(c => c / norm)], [.. counts.Keys]));
        }), 2);

        static double[] Cumulated(Random? random)
        {
            double[] shares =
                [.. Enumerable.Range(1, Vocabulary).Select(r => (random?.Next(8) == 0 ? Math.Exp(1.5 * Normal(random)) : 1) / (r + 5.0))];
            double sum = shares.Sum(), so = 0;
            return [.. shares.Select(share => so += share / sum)];
        }
    }

    /// <summary>300 yes-or-no features, rare ones among them, and one row in thirty of the second class.</summary>
    private static Problem Flags(int rows)
    {
        const int Features = 300;
        var random = new Random(4);
        double[] shares = [.. Enumerable.Range(0, Features).Select(_ => Math.Exp(-1 - 5 * random.NextDouble()))];
        double[] effects = Vector(random, Features);
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            var mood = Math.Exp(Normal(random));
            int[] set = [.. Enumerable.Range(0, Features).Where(j => random.NextDouble() < shares[j] * mood)];
            var logit = set.Sum(j => effects[j]) - 4.5;
            return Row(random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0,
                new VBuffer<float>(Features, set.Length, [.. set.Select(_ => 1f)], set));
        }), 2);
    }

    private static Problem OneHot(int rows)
    {
        const int Values = 1_000;
        var random = new Random(5);
        double[][] effects = Matrix(random, 3, Values, 1);
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            var value = (int)Math.Min(Values - 1, Math.Pow(Values, random.NextDouble()) - 1);
            return Row(GeneratedTables.Draw(random, [.. effects.Select(row => row[value])]), new VBuffer<float>(Values, 1, [1f], [value]));
        }), 3);
    }

    /// <summary>Seven classes, some of a handful of rows, whole numbers with tails.</summary>
    private static Problem Uneven(int rows)
    {
        var random = new Random(6);
        double[][] weights = Matrix(random, 7, 9, 3);
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            double[] z = Vector(random, 9);
            double[] logits = [.. weights.Select((row, k) => Product(row, z) - 2.5 * k)];
            return Row(GeneratedTables.Draw(random, logits), [.. z.Select((x, j) => (float)Math.Round(50 + 10 * j * x + Math.Pow(x, 3)))]);
        }), 7);
    }

    /// <summary>Soft shapes of ten kinds on 24 x 24 pixels, moved about, within an empty border.</summary>
    private static Problem Pixels(int rows)
    {
        const int Side = 24;
        var random = new Random(7);
        var spots = Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, 5)
            .Select(_ => (X: 6 + 12 * random.NextDouble(), Y: 6 + 12 * random.NextDouble(), Size: 1.5 + 2.5 * random.NextDouble())).ToArray())
            .ToArray();
        return Of(Enumerable.Range(0, rows).Select(_ =>
        {
            var label = random.Next(10);
            double dx = 1.5 * Normal(random), dy = 1.5 * Normal(random), wide = Math.Exp(0.2 * Normal(random));
            var light = Enumerable.Range(0, 5).Select(_ => Math.Max(0, 1 + 0.6 * Normal(random))).ToArray();
            var pixels = new float[Side * Side];
            for (var i = 0; i < pixels.Length; i++)
            {
                double x = i % Side, y = i / Side, sum = 0.05 * Normal(random);
                for (var s = 0; s < 5; s++)
                {
                    var spot = spots[label][s];
                    var (offX, offY) = ((x - spot.X - dx) / (spot.Size * wide), (y - spot.Y - dy) / (spot.Size * wide));
                    sum += light[s] * Math.Exp(-(offX * offX + offY * offY));
                }

                pixels[i] = (float)Math.Round(255 * Math.Clamp(sum - 0.15, 0, 1));
            }

            return Row(label, pixels);
        }), 10);
    }

    private static Example Row(int label, float[] features) => Row(label, new VBuffer<float>(features.Length, features));

    private static Example Row(int label, VBuffer<float> features) =>
        new() { Label = (uint)label, IsPositive = label == 1, Features = features };

    private static double[] Vector(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => Normal(random))];

    private static double[][] Matrix(Random random, int rows, int columns, double scale) =>
        [.. Enumerable.Range(0, rows).Select(_ => Vector(random, columns).Select(x => scale * x).ToArray())];

    private static double Product(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static int Draw(Random random, double[][] weights, double[] z) =>
        GeneratedTables.Draw(random, [.. weights.Select(row => Product(row, z))]);

    private static double Normal(Random random) => GeneratedTables.Normal(random);
}
