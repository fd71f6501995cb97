using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Turns what the logits of some rows are into the errors that their features are multiplied with.</summary>
/// <param name="first">The first of the rows, which follow each other; a multiple of <see cref="RowProducts.UnitRows"/> in its
/// pass.</param>
/// <param name="count">How many rows.</param>
/// <param name="logits">Their logits <c>[rows, outputs]</c>.</param>
/// <param name="errors">Receives their errors <c>[rows, outputs]</c>.</param>
internal delegate void RowMap(int first, int count, Span<float> logits, Span<float> errors);

/// <summary>
/// The two products with rows X that an objective is made of, logits <c>Z = X W' + b</c> and gradients <c>G = D' X</c>, both in one pass
/// over the rows. The order of every sum is fixed by the rows alone, never by the threads.
/// </summary>
internal abstract class RowProducts(RowSummary summary, WorkerTeam team) : IDisposable
{
    /// <summary>Rows whose sums a thread has to itself.</summary>
    public const int UnitRows = 16;

    /// <summary>The gradients summed since <see cref="Clear"/>, <c>[outputs, features]</c>.</summary>
    public double[] Sums { get; private set; } = [];

    /// <summary>The errors summed since <see cref="Clear"/>, <c>[outputs]</c>.</summary>
    public double[] BiasSums { get; } = new double[summary.Outputs];

    protected int Outputs { get; } = summary.Outputs;

    protected int Features { get; } = summary.Features;

    protected WorkerTeam Team { get; } = team;

    protected LinearWeights Weights { get; private set; } = null!;

    protected RowSet Rows { get; private set; } = null!;

    protected RowMap Map { get; private set; } = null!;

    protected int First { get; private set; }

    protected int End { get; private set; }

    /// <summary>The products with rows of the summary's form.</summary>
    public static RowProducts For(RowSummary summary, WorkerTeam team) =>
        !summary.IsSparse ? NarrowProducts.AreFor(summary) ? new NarrowProducts(summary, team) : new DenseProducts(summary, team)
        : SparseProducts.LanesOf(summary) > 1 ? new SparseProducts(summary, team)
        : new WideProducts(summary, team);

    /// <summary>Begins new sums.</summary>
    public void Clear()
    {
        if (Sums.Length == 0)
            Sums = new double[checked(Outputs * Features)];
        Array.Clear(Sums);
        Array.Clear(BiasSums);
    }

    /// <summary>
    /// One pass over the rows <c>[first, end)</c>, whose errors are multiplied with their features and added to the sums.
    /// </summary>
    public void Pass(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        Begin(weights, rows, first, end, map);
        AddProducts();
    }

    /// <summary>The same for logits alone: there are no errors, and the sums stay as they are.</summary>
    public void PassLogits(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        Begin(weights, rows, first, end, map);
        MapLogits();
    }

    public abstract void Dispose();

    protected abstract void AddProducts();

    protected abstract void MapLogits();

    /// <summary>The rows <c>[from, to)</c> of <paramref name="count"/> that are a member's, in whole units.</summary>
    protected (int From, int To) UnitShare(int member, int count)
    {
        var (from, to) = Team.Share(member, (count + UnitRows - 1) / UnitRows);
        return (Math.Min(from * UnitRows, count), Math.Min(to * UnitRows, count));
    }

    /// <summary>Adds the errors of some rows to sums <c>[outputs]</c>.</summary>
    protected static void AddErrors(ReadOnlySpan<float> errors, Span<double> sums)
    {
        if (sums.Length == 1)
        {
            sums[0] += SpanMath.Sum(errors);
            return;
        }

        for (; !errors.IsEmpty; errors = errors[sums.Length..])
        {
            for (var k = 0; k < sums.Length; k++)
                sums[k] += errors[k];
        }
    }

    private void Begin(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        // The one check of what the pointers below rely on.
        rows.Require(Features, summary.IsSparse);
        if (first < 0 || end < first || end > rows.Rows || weights.Features != Features || weights.Outputs != Outputs
            || weights.IsSparse != summary.IsSparse)
        {
            throw new ArgumentException($"Rows {first} to {end} of {rows.Rows} x {rows.Features} do not go with {weights.Outputs} x "
                + $"{weights.Features} weights, of {Outputs} x {Features}.", nameof(rows));
        }

        (Weights, Rows, First, End, Map) = (weights, rows, first, end, map);
        Team.Adapt();
    }
}
