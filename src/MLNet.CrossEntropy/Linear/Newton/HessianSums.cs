using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Sums <c>sum_r d_r x'_r x'_r'</c> over a sample of rows, for many weights d a row at once: one for each pair of outputs, or for each
/// output. x' is the row in scaled coordinates with a last 1 for the bias. Each sum is a lower triangle <c>[size, size]</c>.
/// </summary>
/// <remarks>
/// Of many weights the rows' own triangles are written out, and all sums are one product of matrices, the triangles' cells by the weights;
/// of few, each sum is a product of the weighted rows with the rows. Products of a chunk of rows are floats, sums are doubles.
/// </remarks>
internal sealed unsafe class HessianSums : IDisposable
{
    /// <summary>Rows whose products are one multiplication of matrices.</summary>
    public const int ChunkRows = 256;

    // From so many weights on the triangles are worth writing out.
    private const int ManyWeights = 5;
    private const int SliceCells = 1_024;
    private const int WholeVectors = 16;

    // Columns whose products with all before them are one multiplication: what lies above the diagonal is computed for one strip alone.
    private const int StripColumns = 40;

    // How many products of floats, one after the other in memory, cost as much as one at a place of its own.
    private const int ScatterCost = 32;

    private readonly RowSet _set;
    private readonly FeatureScaling _scaling;
    private readonly WorkerTeam _team;
    private readonly int _size;
    private readonly int _weights;
    private readonly int _width;
    private readonly bool _isScattered;
    private readonly NativeBuffer<float> _rows;
    private readonly NativeBuffer<float> _scratch;
    private readonly NativeBuffer<float> _products;
    private readonly (int From, int To, int Cells)[] _slices;
    private readonly int[] _numbers = new int[ChunkRows];
    private readonly Action<int> _add;
    private float* _factors;
    private int _count;
    private Func<int, SumPlace> _placeOf = null!;

    public HessianSums(LinearObjective objective, RowSet rows, int weights)
    {
        (_set, _scaling, _team, _weights, _size) = (rows, objective.Scaling, objective.Team, weights, rows.Features + 1);
        // Whole vectors: what lies beyond the bias stays 0.
        _width = (_size + WholeVectors - 1) / WholeVectors * WholeVectors;
        _isScattered = IsScattered(objective.Summary);
        _slices = !_isScattered && weights >= ManyWeights ? [.. Slices(_size)] : [];
        _rows = new NativeBuffer<float>(_isScattered ? 0 : ChunkRows * _width);
        long cells = _slices.Length > 0 ? _slices.Max(slice => slice.Cells) : _width;
        var members = _isScattered ? 0 : _team.Capacity;
        _scratch = new NativeBuffer<float>(members * ChunkRows * (_slices.Length > 0 ? cells : StripColumns));
        _products = new NativeBuffer<float>(members * cells * (_slices.Length > 0 ? weights : StripColumns));
        _add = _isScattered ? AddScattered : _slices.Length > 0 ? AddTriangles : AddStrips;
    }

    /// <summary>About how many floats are multiplied for a row and a weight.</summary>
    public static double CostOf(RowSummary rows)
    {
        double size = rows.Features + 1, stored = 1 + rows.ValuesPerRow;
        return (IsScattered(rows) ? ScatterCost * stored * stored : size * size) / 2;
    }

    /// <summary>Adds a chunk of rows.</summary>
    /// <param name="numbers">The rows, at most <see cref="ChunkRows"/>.</param>
    /// <param name="factors">d, <c>[rows, weights]</c>.</param>
    /// <param name="placeOf">Where the sum of a weight is.</param>
    public void Add(ReadOnlySpan<int> numbers, NativeBuffer<float> factors, Func<int, SumPlace> placeOf)
    {
        numbers.CopyTo(_numbers);
        _count = numbers.Length;
        _factors = factors.At(0, (long)_count * _weights);
        _placeOf = placeOf;
        for (var i = 0; !_isScattered && i < _count; i++)
            Load(i);
        _team.Run(_add);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _scratch.Dispose();
        _products.Dispose();
    }

    /// <summary>A dense row in scaled coordinates.</summary>
    public static void Scale(FeatureScaling scaling, ReadOnlySpan<float> row, Span<float> scaled)
    {
        var j = 0;
        for (; j <= scaled.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            var centred = new Vector<float>(row[j..]) - new Vector<float>(scaling.Means, j);
            (new Vector<float>(scaling.Scales, j) * centred).CopyTo(scaled[j..]);
        }

        for (; j < scaled.Length; j++)
            scaled[j] = scaling.Scales[j] * (row[j] - scaling.Means[j]);
    }

    private static bool IsScattered(RowSummary rows) => rows.IsSparse
        && ScatterCost * (1.0 + rows.ValuesPerRow) * (1 + rows.ValuesPerRow) < (rows.Features + 1.0) * (rows.Features + 1.0);

    /// <summary>The lines of the triangle in runs of about as many cells.</summary>
    private static IEnumerable<(int From, int To, int Cells)> Slices(int size)
    {
        for (int from = 0, to, cells; from < size; from = to)
        {
            for (to = from, cells = 0; to < size && (to == from || cells + to + 1 <= SliceCells); to++)
                cells += to + 1;
            yield return (from, to, (cells + WholeVectors - 1) / WholeVectors * WholeVectors);
        }
    }

    private void Load(int i)
    {
        var line = _rows.Span((long)i * _width, _size);
        if (_set.IsSparse)
        {
            line.Clear();
            var row = _set.Sparse(_numbers[i]);
            for (var e = 0; e < row.Length; e++)
                line[row.Indices[e]] = _scaling.Scales[row.Indices[e]] * row.Values[e];
        }
        else
        {
            Scale(_scaling, _set.Values(_numbers[i]), line[..^1]);
        }

        line[^1] = 1;
    }

    private void AddTriangles(int member)
    {
        var (first, end) = _team.Share(member, _slices.Length);
        var cells = _slices.Max(slice => slice.Cells);
        var triangles = _scratch.At((long)member * ChunkRows * cells, (long)ChunkRows * cells);
        var products = _products.At((long)member * cells * _weights, (long)cells * _weights);
        var pointers = stackalloc float*[ChunkRows];
        foreach (var slice in _slices.AsSpan(first, end - first))
        {
            for (var i = 0; i < _count; i++)
            {
                pointers[i] = triangles + (long)i * slice.Cells;
                var row = _rows.Span((long)i * _width, _size);
                var cell = pointers[i];
                for (var a = slice.From; a < slice.To; cell += ++a)
                {
                    row[..(a + 1)].CopyTo(new Span<float>(cell, a + 1));
                    SparseKernels.Scale(cell, row[a], a + 1);
                }
            }

            DenseBackward.Compute(pointers, _count, 0, slice.Cells, _factors, _weights, products, slice.Cells);
            for (var w = 0; w < _weights; w++)
            {
                var line = products + (long)w * slice.Cells;
                for (var a = slice.From; a < slice.To; line += ++a)
                    _placeOf(w).Add(a, new(line, a + 1));
            }
        }
    }

    private void AddStrips(int member)
    {
        var strips = (_size + StripColumns - 1) / StripColumns;
        var (from, to) = _team.Share(member, strips * _weights);
        var weighted = _scratch.At((long)member * ChunkRows * StripColumns, ChunkRows * StripColumns);
        var products = _products.At((long)member * StripColumns * _width, (long)StripColumns * _width);
        var pointers = stackalloc float*[ChunkRows];
        for (var i = 0; i < _count; i++)
            pointers[i] = _rows.At((long)i * _width, _width);
        for (var part = from; part < to; part++)
        {
            int w = part / strips, first = part % strips * StripColumns, columns = Math.Min(StripColumns, _size - first);
            for (var i = 0; i < _count; i++)
            {
                var line = weighted + (long)i * columns;
                new Span<float>(pointers[i] + first, columns).CopyTo(new Span<float>(line, columns));
                SparseKernels.Scale(line, _factors[(long)i * _weights + w], columns);
            }

            var width = (first + columns + WholeVectors - 1) / WholeVectors * WholeVectors;
            DenseBackward.Compute(pointers, _count, 0, width, weighted, columns, products, _width);
            for (var a = first; a < first + columns; a++)
                _placeOf(w).Add(a, new(products + (long)(a - first) * _width, a + 1));
        }
    }

    private void AddScattered(int member)
    {
        var (from, to) = _team.Share(member, _weights);
        for (var i = 0; i < _count; i++)
        {
            var row = _set.Sparse(_numbers[i]);
            for (var w = from; w < to; w++)
            {
                double factor = _factors[(long)i * _weights + w];
                var place = _placeOf(w);
                var bias = place.Line(_size - 1, _size);
                bias[^1] += factor;
                ReadOnlySpan<int> indices = row.Indices;
                ReadOnlySpan<float> values = row.Values;
                for (var a = 0; a < indices.Length; a++)
                {
                    var j = indices[a];
                    var weighted = factor * _scaling.Scales[j] * values[a];
                    var line = place.Line(j, _size - 1);
                    bias[j] += weighted;
                    for (var b = 0; b <= a; b++)
                        line[indices[b]] += weighted * _scaling.Scales[indices[b]] * values[b];
                }
            }
        }
    }
}

/// <summary>A sum's place in a matrix: from <paramref name="start"/> on, lines being <paramref name="stride"/> apart.</summary>
internal readonly struct SumPlace(double[] values, int start, int stride)
{
    /// <summary>The beginning of one of its lines.</summary>
    public Span<double> Line(int line, int length) => values.AsSpan(start + line * stride, length);

    /// <summary>A cell of its diagonal.</summary>
    public ref double Diagonal(int i) => ref values[start + i * stride + i];

    /// <summary>Adds products to the beginning of a line.</summary>
    public void Add(int line, ReadOnlySpan<float> products)
    {
        var cells = Line(line, products.Length);
        for (var j = 0; j < cells.Length; j++)
            cells[j] += products[j];
    }

    /// <summary>Writes what is below the diagonal above it, too.</summary>
    public void Mirror(int size)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
                values[start + j * stride + i] = values[start + i * stride + j];
        }
    }
}
