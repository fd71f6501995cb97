using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The rows whose curvature stands for all: every one where that is cheap, else each with a chance p, and then it counts 1/p times. A row's
/// chance is a third of each: the same for all rows, by how much of its features' squares is its own (leverage, without the correlations:
/// rare values and outliers are in), and by how much of its class is its own. (Xu, Yang, Roosta, Re and Mahoney 2016, "Sub-sampled Newton
/// methods with non-uniform sampling".)
/// </summary>
internal sealed class HessianSample
{
    private readonly int[]? _numbers;
    private readonly float[]? _shares;

    /// <param name="objective">Whose rows they are.</param>
    /// <param name="rows">All rows, in memory.</param>
    /// <param name="wanted">About how many are wanted.</param>
    public HessianSample(LinearObjective objective, RowSet rows, double wanted)
    {
        Count = rows.Rows;
        var allRows = objective.Summary.Rows;
        if (wanted >= allRows / 2)
            return;
        var first = objective.Shares?.Local.First().First ?? 0;
        var leverages = Leverages(objective, rows);
        var classes = objective.Summary.OutputWeights;
        var all = objective.SumOver(rows, 1, (from, to, sum) =>
        {
            for (var i = from; i < to; i++)
                sum[0] += leverages[i];
        })[0];
        double inClasses = classes.Count(weight => weight > 0);
        List<int> numbers = [];
        List<float> shares = [];
        for (var i = 0; i < rows.Rows; i++)
        {
            var chance = 1.0 / allRows + leverages[i] / all;
            chance += rows.HasClasses && rows.Class(i) is >= 0 and var label && label < classes.Length
                ? 1 / (inClasses * Math.Max(1, classes[label]))
                : 1.0 / allRows;
            chance = Math.Min(1, wanted / 3 * chance);
            // Drawn by the row's number alone.
            if ((SplitMix64.Mix((ulong)(first + i) * SplitMix64.Gamma) >> 11) * (1.0 / (1UL << 53)) >= chance)
                continue;
            numbers.Add(i);
            shares.Add((float)(1 / chance));
        }

        (_numbers, _shares, Count) = ([.. numbers], [.. shares], numbers.Count);
    }

    /// <summary>How many rows are in it.</summary>
    public int Count { get; }

    /// <summary>Whether it is all rows.</summary>
    public bool IsWhole => _numbers is null;

    /// <summary>Which of it are rows <c>[from, to)</c>.</summary>
    public (int From, int To) Within(int from, int to)
    {
        int PlaceOf(int row) => _numbers is null ? row : Array.BinarySearch(_numbers, row) is var place && place >= 0 ? place : ~place;
        return (PlaceOf(from), PlaceOf(to));
    }

    /// <summary>The i-th row's number.</summary>
    public int Row(int i) => _numbers is null ? i : _numbers[i];

    /// <summary>How often the i-th row counts.</summary>
    public float Share(int i) => _shares is null ? 1 : _shares[i];

    /// <summary>Of each row the sum over the features of <c>x'^2 / sum_i x'_i^2</c>, in scaled coordinates.</summary>
    private static double[] Leverages(LinearObjective objective, RowSet rows)
    {
        var sums = new float[rows.Features];
        var leverages = new double[rows.Rows];
        using var scaled = new NativeBuffer<float>(rows.Features);
        var total = objective.SumOver(rows, sums.Length, (from, to, values) =>
        {
            Array.Clear(sums);
            for (var i = from; i < to; i++)
                VisitSquares(objective.Scaling, rows, i, scaled, sums, isAdding: true);
            for (var j = 0; j < sums.Length; j++)
                values[j] = sums[j];
        });
        for (var j = 0; j < sums.Length; j++)
            sums[j] = total[j] > 0 ? 1 / (float)total[j] : 0;
        for (var i = 0; i < rows.Rows; i++)
            leverages[i] = VisitSquares(objective.Scaling, rows, i, scaled, sums, isAdding: false);
        return leverages;
    }

    /// <summary>Adds a row's squares to the sums, or returns their sum, each times its feature's factor.</summary>
    private static double VisitSquares(
        FeatureScaling scaling, RowSet rows, int number, NativeBuffer<float> scaled, Span<float> sums, bool isAdding)
    {
        if (!rows.IsSparse)
            scaling.Scale(rows.Values(number), scaled.AsSpan());
        var row = rows.IsSparse ? rows.Sparse(number) : default;
        var sum = 0f;
        for (var e = 0; e < (rows.IsSparse ? row.Length : sums.Length); e++)
        {
            var j = rows.IsSparse ? row.Indices[e] : e;
            var value = rows.IsSparse ? scaling.Scales[j] * row.Values[e] : scaled[e];
            if (isAdding)
                sums[j] += value * value;
            else
                sum += value * value * sums[j];
        }

        return sum;
    }
}
