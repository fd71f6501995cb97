using System.Globalization;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>
/// Random cases, each with a seed of its own: a few in every run of the tests, and FUZZ times as many (an environment variable) where that
/// is set, from the number in FUZZ_SEED on. A case that fails is named, and can be run alone by its number in FUZZ_CASE.
/// </summary>
internal static class Fuzz
{
    private static readonly int Factor = Variable("FUZZ") ?? 1;
    private static readonly int First = Variable("FUZZ_SEED") ?? 0;
    private static readonly int? Only = Variable("FUZZ_CASE");

    /// <summary>Numbers that code tends to trip over.</summary>
    public static readonly double[] Odd =
    [
        0, -0.0, 1, -1, 0.5, 1e-45, 1e-38, 1e-30, 1e-10, 1e10, 1e15, 1e19, 1e25, 1e30, 3e38, -3e38, float.MaxValue, double.Epsilon, 1e300,
        double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity, int.MaxValue, int.MinValue, long.MaxValue,
    ];

    /// <summary>Runs cases one after the other.</summary>
    /// <param name="cases">How many, in a short run.</param>
    /// <param name="run">Runs one; what it throws is a failure.</param>
    public static void Run(int cases, Action<Random> run)
    {
        var numbers = Only is { } only ? [only] : Enumerable.Range(First, cases * Factor);
        foreach (var number in numbers)
        {
            try
            {
                run(new Random(number));
            }
            catch (Exception failure)
            {
                throw new FuzzFailure(number, failure);
            }
        }
    }

    /// <summary>One of some values.</summary>
    public static T Of<T>(this Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private sealed class FuzzFailure(int number, Exception inner)
        : Exception(FormattableString.Invariant($"Case {number} (FUZZ_CASE={number} runs it alone): {inner}"), inner);
}
