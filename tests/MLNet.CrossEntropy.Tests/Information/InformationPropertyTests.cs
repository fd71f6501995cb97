using FsCheck;
using FsCheck.Fluent;

namespace MLNet.CrossEntropy.Tests.Information;

/// <summary>The identities and inequalities that hold for all distributions.</summary>
public sealed class InformationPropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0xD1CE, 0x2B).WithMaxTest(300);

    // Two distributions over the same 1 to 9 events, many of them impossible.
    private static readonly Gen<(double[] P, double[] Q)> Pairs =
        from events in Gen.Choose(1, 9)
        from p in Counts(events)
        from q in Counts(events)
        select (Normalised(p), Normalised(q));

    [Fact]
    public void Cross_entropy_is_entropy_plus_divergence() => Holds((p, q) =>
    {
        double cross = CrossEntropy(p, q), sum = InformationTheory.Entropy<double>(p) + KullbackLeibler(p, q);
        return cross == sum || Math.Abs(cross - sum) <= 1e-13;
    });

    [Fact]
    public void Divergence_is_never_negative_and_zero_only_between_equals() => Holds((p, q) =>
    {
        var divergence = KullbackLeibler(p, q);
        var equal = p.Zip(q).All(pair => Math.Abs(pair.First - pair.Second) < 1e-15);
        return divergence >= 0 && (divergence < 1e-15) == equal && KullbackLeibler(p, p) == 0;
    });

    [Fact]
    public void Entropy_is_largest_when_uniform() => Holds((p, _) =>
    {
        var entropy = InformationTheory.Entropy<double>(p);
        return entropy >= 0 && entropy <= Math.Log(p.Length) + 1e-14;
    });

    [Fact]
    public void Jensen_Shannon_is_symmetric_and_between_nothing_and_one_bit() => Holds((p, q) =>
    {
        var one = InformationTheory.JensenShannon<double>(p, q, inBits: true);
        var other = InformationTheory.JensenShannon<double>(q, p, inBits: true);
        return one == other && one >= 0 && one <= 1 + 1e-15;
    });

    [Fact]
    public void Root_of_Jensen_Shannon_to_the_middle_and_on_is_no_shortcut() => Holds((p, q) =>
    {
        double[] middle = [.. p.Zip(q, (a, b) => (a + b) / 2)];
        var direct = RootOfJensenShannon(p, q);
        return direct <= RootOfJensenShannon(p, middle) + RootOfJensenShannon(middle, q) + 1e-7;
    });

    [Fact]
    public void Perplexity_is_the_exponential_of_the_entropy_in_either_unit() => Holds((p, q) =>
    {
        var perplexity = InformationTheory.Perplexity(new Target<double>(p), new Prediction<double>(q));
        var fromBits = Math.Pow(2, InformationTheory.CrossEntropy(new Target<double>(p), new Prediction<double>(q), inBits: true));
        return perplexity == fromBits || Math.Abs(perplexity - fromBits) <= 1e-12 * perplexity;
    });

    [Fact]
    public void Mutual_information_is_what_the_entropies_say() => Holds((p, q) =>
    {
        // x is fair, and y is drawn from p or from q by it: I(X; Y) = JS(P, Q) = H(X) + H(Y) - H(X, Y).
        double[] joint = [.. p.Concat(q).Select(v => v / 2)];
        double[] ofY = [.. p.Zip(q, (a, b) => (a + b) / 2)];
        var mutual = InformationTheory.MutualInformation<double>(joint, columns: p.Length);
        var entropies = Math.Log(2) + InformationTheory.Entropy<double>(ofY) - InformationTheory.Entropy<double>(joint);
        return Math.Abs(mutual - InformationTheory.JensenShannon<double>(p, q)) <= 1e-14 && Math.Abs(mutual - entropies) <= 1e-14;
    });

    private static Gen<int[]> Counts(int events) => Gen.Choose(-8, 12).ArrayOf(events).Select(MakePossible);

    // At least one event must be possible.
    private static int[] MakePossible(int[] counts)
    {
        int[] clipped = [.. counts.Select(c => Math.Max(c, 0))];
        if (clipped.Sum() == 0)
            clipped[^1] = 1;
        return clipped;
    }

    private static double[] Normalised(int[] counts) => [.. counts.Select(c => c / (double)counts.Sum())];

    private static double CrossEntropy(double[] p, double[] q) =>
        InformationTheory.CrossEntropy(new Target<double>(p), new Prediction<double>(q));

    private static double KullbackLeibler(double[] p, double[] q) =>
        InformationTheory.KullbackLeibler(new Target<double>(p), new Prediction<double>(q));

    private static double RootOfJensenShannon(double[] p, double[] q) => Math.Sqrt(InformationTheory.JensenShannon<double>(p, q));

    private static void Holds(Func<double[], double[], bool> property) =>
        Check.One(Config, Prop.ForAll(Pairs.ToArbitrary(), pair => property(pair.P, pair.Q)));
}
