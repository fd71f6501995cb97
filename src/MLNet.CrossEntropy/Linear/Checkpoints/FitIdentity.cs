using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// All that a fit's steps depend on, as lines of a text: the plan and fingerprints of the rows. Two fits with the same lines take
/// the same steps, on the same kind of processor.
/// </summary>
internal static class FitIdentity
{
    private const int LongestList = 16;
    private const int ProbedRates = 8;

    // They change no step: on how many threads, and who is told.
    private static readonly string[] Indifferent =
    [
        nameof(FitPlan.Threads), nameof(FitPlan.Cancellation), nameof(FitPlan.OnCancellation), nameof(FitPlan.OnBegin),
        nameof(FitPlan.OnEpoch), nameof(FitPlan.Checkpoint), nameof(FitPlan.Cluster), nameof(FitPlan.NameFeature),
        nameof(FitPlan.ChoosesL1), nameof(FitPlan.ChoosesL2),
    ];

    /// <summary>The lines, each a name and a value.</summary>
    public static string Of(FitPlan plan, LinearObjective objective, RowSet? validation)
    {
        var rows = objective.Summary;
        List<string> lines =
        [
            $"Library: {typeof(FitIdentity).Assembly.GetName().Version}",
            FormattableString.Invariant($"Training rows: {rows.Rows} x {rows.Features}, {OfTraining()}"),
            $"Validation rows: {(validation is null ? "none" : OfValidation(validation))}",
        ];
        lines.AddRange(PropertiesOf(plan, but: Indifferent).Select(pair => $"{pair.Name}: {pair.Value}"));
        if (plan.Schedule is { } schedule)
        {
            // A schedule of the caller's own may keep what it depends on to itself.
            var last = plan.Epochs * plan.StepsPerEpoch;
            var probes = Enumerable.Range(0, ProbedRates + 1).Select(i => (long)((double)last / ProbedRates * i));
            lines.Add($"Rates: {string.Join(", ", probes.Select(step => Describe(schedule.Rate(step))))}");
        }

        return string.Join('\n', lines);

        string OfTraining() => objective.Shares?.Fingerprint() ?? Fingerprint(objective.Chunks, rows.Outputs);

        string OfValidation(RowSet held) => objective.HeldShares is { } shares
            ? $"{Describe(shares.Rows)}, {shares.Fingerprint()}"
            : $"{Describe(held.Rows)}, {Fingerprint([held], rows.Outputs)}";
    }

    /// <summary>What differs first, as a sentence without its full stop.</summary>
    public static string Difference(string found, string wanted)
    {
        string[] was = found.Split('\n'), now = wanted.Split('\n');
        for (var i = 0; i < Math.Min(was.Length, now.Length); i++)
        {
            var (name, old, fresh) = (was[i].Split(": ")[0], was[i].Split(": ", 2)[^1], now[i].Split(": ", 2)[^1]);
            if (was[i] != now[i] && name == now[i].Split(": ")[0])
                return $"{name} was {old} and is now {fresh}";
        }

        return "its options are those of another version of this library";
    }

    /// <summary>SHA-256 of all that the rows hold, in hexadecimal.</summary>
    private static string Fingerprint(IEnumerable<RowSet> chunks, int outputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var rows in chunks)
        {
            foreach (var block in rows.Blocks)
            {
                var values = block.IsSparse ? block.RowStarts![block.Rows] : block.Rows * block.Features;
                Append<int>(hash, [block.Rows, block.Features]);
                Append<float>(hash, block.Values.AsSpan(0, values));
                Append<int>(hash, block.RowStarts is null ? [] : block.RowStarts.AsSpan(0, block.Rows + 1));
                Append<int>(hash, block.Indices is null ? [] : block.Indices.AsSpan(0, values));
                Append<int>(hash, block.Classes is null ? [] : block.Classes.AsSpan(0, block.Rows));
                Append<float>(hash, block.Targets is null ? [] : block.Targets.AsSpan(0, block.Rows * outputs));
                Append<float>(hash, block.Weights is null ? [] : block.Weights.AsSpan(0, block.Rows));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        const int Piece = 1 << 20;
        for (var from = 0; from < values.Length; from += Piece)
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(from, Math.Min(Piece, values.Length - from))));
    }

    /// <summary>A value by its public properties, to the last digit; long lists by their hash.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "none",
        string text => PlainText.Escape(text),
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        float[] { Length: > LongestList } array => $"{array.Length} values, {Hash(array)}",
        Enum => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "yes" : "no",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Describe))}]",
        _ => $"{value.GetType().Name} {{ "
            + $"{string.Join(", ", PropertiesOf(value, but: []).Select(pair => $"{pair.Name} = {pair.Value}"))} }}",
    };

    private static IEnumerable<(string Name, string Value)> PropertiesOf(object value, string[] but) => value.GetType().GetProperties()
        .Where(property => !but.Contains(property.Name))
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => (property.Name, Describe(property.GetValue(value))));

    private static string Hash(float[] values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));
}
