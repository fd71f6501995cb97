using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The features of sparse rows shared out to the members of a team: neighbours, so many that about the same number of values is each one's.
/// </summary>
internal sealed unsafe class FeatureShares
{
    private const int CountedRows = 1_024;
    private const int MostRuns = 4_096;

    private readonly WorkerTeam _team;
    private readonly int[] _bounds;

    public FeatureShares(RowSet rows, WorkerTeam team)
    {
        _team = team;
        var runs = Math.Min(MostRuns, rows.Features);
        var counts = new int[runs];
        var all = 0L;
        for (var i = 0; i < Math.Min(rows.Rows, CountedRows); i++)
        {
            foreach (var j in rows.Sparse(i).Indices)
                counts[(long)j * runs / rows.Features]++;
            all += rows.Sparse(i).Length;
        }

        _bounds = [0, .. Enumerable.Repeat(rows.Features, team.Capacity)];
        var seen = 0L;
        for (int run = 0, member = 1; member < team.Capacity && run < runs; seen += counts[run++])
        {
            while (member < team.Capacity && seen >= all * member / team.Capacity)
                _bounds[member++] = (int)((long)run * rows.Features / runs);
        }
    }

    /// <summary>A member's features <c>[from, to)</c>.</summary>
    public (int From, int To) Range(int member) =>
        _team.Size == 1 ? (0, _bounds[^1]) : (_bounds[member], _bounds[member + 1]);

    /// <summary>What of a row is a member's: a run, since the features of a row rise.</summary>
    public SparseRow Of(int member, SparseRow row)
    {
        if (_team.Size == 1)
            return row;
        int from = PlaceOf(row.Indices, _bounds[member]), to = PlaceOf(row.Indices, _bounds[member + 1]);
        return new SparseRow(row.IndexPointer + from, row.ValuePointer + from, to - from);
    }

    private static int PlaceOf(ReadOnlySpan<int> indices, int feature) =>
        indices.BinarySearch(feature) is var place && place < 0 ? ~place : place;
}
