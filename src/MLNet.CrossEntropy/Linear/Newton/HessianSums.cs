using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Sums <c>sum_r d_r x'_r x'_r'</c> over a sample of rows, for many weights d a row at once: one for each pair of coupled outputs, or for
/// each output. x' is the row in scaled coordinates with a last 1 for the bias. Of each sum the lower triangle is written,
/// <c>[weights, size, size]</c>. Threads share the rows, in lanes that are added up in their order, where a sum for each lane is small,
/// else the cells.
/// </summary>
internal sealed class HessianSums : IDisposable
{
    private const int MostLanes = 16;
    private const long LaneNumbers = 1L << 19;

    private readonly WorkerTeam _team;
    private readonly HessianChunk[] _chunks;
    private readonly int _lanes;
    private readonly double[] _laneSums;
    private readonly Action<int> _addLanes;
    private readonly Action<int> _addUpLanes;
    private readonly Action<int> _load;
    private readonly Action<int> _add;
    private LocalObjective _local = null!;
    private HessianSample _sample = null!;
    private double[] _sums = null!;
    private int _first;
    private int _count;

    public HessianSums(LinearObjective objective, RowSet rows, HessianForm form)
    {
        _team = objective.Team;
        var size = rows.Features + 1;
        Length = checked(form.Weights * size * size);
        var fitting = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(LaneNumbers / Length, 1, MostLanes) / 2 + 1);
        // Of as many lanes as chunks each has its own: more would change no bit.
        _lanes = Math.Min(fitting, (rows.Rows + HessianChunk.Rows - 1) / HessianChunk.Rows);
        _laneSums = new double[_lanes > 1 ? _lanes * Length : 0];
        _chunks = [.. Enumerable.Range(0, _lanes > 1 ? _team.Capacity : 1)
            .Select(_ => new HessianChunk(objective, rows, form, _lanes > 1 ? 1 : _team.Capacity))];
        (_addLanes, _addUpLanes, _load, _add) = (AddLanes, AddUpLanes, Load, Add);
    }

    /// <summary>How many numbers the sums are.</summary>
    public int Length { get; }

    /// <summary>Writes the sums over some rows of the sample.</summary>
    /// <param name="local">The point whose curvature weighs the rows.</param>
    /// <param name="sample">The rows.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="to">The one after the last.</param>
    /// <param name="sums">Receives the lower triangles, <see cref="Length"/> numbers.</param>
    public void Write(LocalObjective local, HessianSample sample, int from, int to, double[] sums)
    {
        (_local, _sample, _sums) = (local, sample, sums);
        if (_lanes > 1)
        {
            (_first, _count) = (from, to - from);
            _team.Run(_addLanes);
            _team.Run(_addUpLanes);
            return;
        }

        Array.Clear(sums);
        for (_first = from; _first < to; _first += _count)
        {
            _count = Math.Min(HessianChunk.Rows, to - _first);
            _team.Run(_load);
            _team.Run(_add);
        }
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks)
            chunk.Dispose();
    }

    private void AddLanes(int member)
    {
        var (from, to) = _team.Share(member, _lanes);
        for (var lane = from; lane < to; lane++)
        {
            var sums = _laneSums.AsSpan(lane * Length, Length);
            sums.Clear();
            for (var first = (long)lane * HessianChunk.Rows; first < _count; first += _lanes * HessianChunk.Rows)
            {
                var count = (int)Math.Min(HessianChunk.Rows, _count - first);
                _chunks[member].Load(_local, _sample, _first + (int)first, 0, count);
                _chunks[member].Add(member: 0, count, (0, _chunks[member].Parts), sums);
            }
        }
    }

    private void AddUpLanes(int member)
    {
        var (from, to) = _team.Share(member, Length);
        var sums = _sums.AsSpan(from, to - from);
        sums.Clear();
        for (var lane = 0; lane < _lanes; lane++)
            SpanMath.AddScaled(sums, 1, _laneSums.AsSpan(lane * Length + from, sums.Length));
    }

    private void Load(int member)
    {
        var (from, to) = _team.Share(member, _count);
        _chunks[0].Load(_local, _sample, _first, from, to);
    }

    private void Add(int member) => _chunks[0].Add(member, _count, _team.Share(member, _chunks[0].Parts), _sums);
}
