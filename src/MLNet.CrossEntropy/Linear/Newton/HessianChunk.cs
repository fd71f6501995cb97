using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Some rows in scaled coordinates with a last 1 for the bias, and their products for <see cref="HessianSums"/>. Of many weights the rows'
/// own triangles are written out, and all sums are one product of matrices, the triangles' cells by the weights; of few, each sum is a
/// product of the weighted rows with the rows; of rows with few values each finds its own cells. Products are floats, sums are doubles.
/// </summary>
internal sealed unsafe class HessianChunk : IDisposable
{
    /// <summary>How many rows it holds at most.</summary>
    public const int Rows = 256;

    // From so many weights on the triangles are worth writing out.
    private const int ManyWeights = 5;
    private const int SliceCells = 1_024;
    private const int WholeVectors = 16;

    // Columns whose products with all before them are one multiplication: what lies above the diagonal is computed for one strip alone.
    private const int StripColumns = 40;

    // How many products of floats, one after the other in memory, cost as much as one at a place of its own.
    private const double ScatterCost = 32;

    private readonly LinearObjective _objective;
    private readonly RowSet _set;
    private readonly FeatureScaling _scaling;
    private readonly bool _isCoupled;
    private readonly bool _isScattered;
    private readonly int _size;
    private readonly int _weights;
    private readonly int _width;
    private readonly (int From, int To, int Cells)[] _slices;
    private readonly int _scratchLength;
    private readonly int _productsLength;
    private readonly int[] _numbers = new int[Rows];
    private readonly NativeBuffer<float> _rows;
    private readonly NativeBuffer<float> _factors;
    private readonly NativeBuffer<float> _scratch;
    private readonly NativeBuffer<float> _products;

    /// <param name="objective">The objective whose rows they are.</param>
    /// <param name="rows">Where they come from.</param>
    /// <param name="form">What weights there are.</param>
    /// <param name="members">How many threads share it.</param>
    public HessianChunk(LinearObjective objective, RowSet rows, HessianForm form, int members)
    {
        (_objective, _set, _scaling) = (objective, rows, objective.Scaling);
        (_isCoupled, _weights, _size) = (form.IsCoupled, form.Weights, rows.Features + 1);
        // Whole vectors: what lies beyond the bias stays 0.
        _width = (_size + WholeVectors - 1) / WholeVectors * WholeVectors;
        _isScattered = IsScattered(objective.Summary);
        _slices = !_isScattered && _weights >= ManyWeights ? [.. Slices(_size)] : [];
        var strips = (_size + StripColumns - 1) / StripColumns;
        Parts = _isScattered ? _weights : _slices.Length > 0 ? _slices.Length : strips * _weights;
        var cells = _slices.Length > 0 ? _slices.Max(slice => slice.Cells) : StripColumns;
        // The last line of a triangle is written in whole vectors, too.
        _scratchLength = Rows * cells + WholeVectors;
        _productsLength = cells * (_slices.Length > 0 ? _weights : _width);
        _factors = new NativeBuffer<float>(Rows * _weights);
        _rows = new NativeBuffer<float>(_isScattered ? 0 : Rows * _width);
        _scratch = new NativeBuffer<float>(_isScattered ? 0 : (long)members * _scratchLength);
        _products = new NativeBuffer<float>(_isScattered ? 0 : (long)members * _productsLength);
    }

    /// <summary>The parts of its sums that threads may share.</summary>
    public int Parts { get; }

    /// <summary>About how many floats are multiplied for a row and a weight.</summary>
    public static double CostOf(RowSummary rows) => Math.Min(DenseCost(rows), ScatteredCost(rows));

    /// <summary>Takes the rows <c>[from, to)</c> of those of a sample that begin at <paramref name="first"/>, and their weights.</summary>
    public void Load(LocalObjective local, HessianSample sample, int first, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var number = _numbers[i] = sample.Row(first + i);
            var terms = local.Terms.Span((long)number * _objective.Outputs, _objective.Outputs);
            var factors = _factors.Span((long)i * _weights, _weights);
            if (_isCoupled)
                _objective.Loss.CurvaturePairs(terms, factors);
            else
                _objective.Loss.CurvatureDiagonal(terms, factors);
            SpanMath.Scale(factors, (float)(sample.Share(first + i) / local.Weight));
            if (!_isScattered)
                LoadRow(number, _rows.Span((long)i * _width, _size));
        }
    }

    /// <summary>Adds parts of the sums over the first <paramref name="count"/> rows.</summary>
    /// <param name="member">The thread.</param>
    /// <param name="count">How many rows have been taken.</param>
    /// <param name="parts">Which parts.</param>
    /// <param name="sums">The lower triangles <c>[weights, size, size]</c>.</param>
    public void Add(int member, int count, (int From, int To) parts, Span<double> sums)
    {
        if (_isScattered)
        {
            for (var w = parts.From; w < parts.To; w++)
                AddScattered(w, count, sums.Slice(w * _size * _size, _size * _size));
            return;
        }

        var scratch = _scratch.At((long)member * _scratchLength, _scratchLength);
        var products = _products.At((long)member * _productsLength, _productsLength);
        for (var part = parts.From; part < parts.To; part++)
        {
            if (_slices.Length > 0)
                AddTriangles(_slices[part], count, scratch, products, sums);
            else
                AddStrip(part, count, scratch, products, sums);
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _factors.Dispose();
        _scratch.Dispose();
        _products.Dispose();
    }

    private static bool IsScattered(RowSummary rows) => ScatteredCost(rows) < DenseCost(rows);

    private static double DenseCost(RowSummary rows) => (rows.Features + 1.0) * (rows.Features + 1.0) / 2;

    private static double ScatteredCost(RowSummary rows) =>
        rows.IsSparse ? ScatterCost * (1.0 + rows.ValuesPerRow) * (1.0 + rows.ValuesPerRow) / 2 : double.PositiveInfinity;

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

    private void LoadRow(int number, Span<float> line)
    {
        if (_set.IsSparse)
        {
            line.Clear();
            var row = _set.Sparse(number);
            for (var e = 0; e < row.Length; e++)
                line[row.Indices[e]] = _scaling.Scales[row.Indices[e]] * row.Values[e];
        }
        else
        {
            _scaling.Scale(_set.Values(number), line[..^1]);
        }

        line[^1] = 1;
    }

    private void AddTriangles((int From, int To, int Cells) slice, int count, float* triangles, float* products, Span<double> sums)
    {
        var pointers = stackalloc float*[Rows];
        for (var i = 0; i < count; i++)
        {
            pointers[i] = triangles + (long)i * slice.Cells;
            WriteTriangle(_rows.At((long)i * _width, _width), slice.From, slice.To, pointers[i]);
        }

        DenseBackward.Compute(pointers, count, 0, slice.Cells, _factors.At(0, (long)count * _weights), _weights, products, slice.Cells);
        for (var w = 0; w < _weights; w++)
        {
            var line = products + (long)w * slice.Cells;
            for (var a = slice.From; a < slice.To; line += ++a)
                Add(new(line, a + 1), sums.Slice((w * _size + a) * _size, a + 1));
        }
    }

    /// <summary>Writes lines of a row's triangle, each in whole vectors, whose surplus the next one overwrites.</summary>
    private static void WriteTriangle(float* row, int from, int to, float* cell)
    {
        for (var a = from; a < to; cell += ++a)
        {
            var factor = new Vector<float>(row[a]);
            for (var b = 0; b <= a; b += Vector<float>.Count)
                (factor * Vector.Load(row + b)).Store(cell + b);
        }
    }

    private void AddStrip(int part, int count, float* weighted, float* products, Span<double> sums)
    {
        var strips = (_size + StripColumns - 1) / StripColumns;
        int w = part / strips, first = part % strips * StripColumns, columns = Math.Min(StripColumns, _size - first);
        var pointers = stackalloc float*[Rows];
        for (var i = 0; i < count; i++)
        {
            pointers[i] = _rows.At((long)i * _width, _width);
            var factor = _factors[(long)i * _weights + w];
            var line = weighted + (long)i * columns;
            for (var a = 0; a < columns; a++)
                line[a] = factor * pointers[i][first + a];
        }

        var width = (first + columns + WholeVectors - 1) / WholeVectors * WholeVectors;
        DenseBackward.Compute(pointers, count, 0, width, weighted, columns, products, _width);
        for (var a = first; a < first + columns; a++)
            Add(new(products + (long)(a - first) * _width, a + 1), sums.Slice((w * _size + a) * _size, a + 1));
    }

    private void AddScattered(int w, int count, Span<double> sums)
    {
        var bias = sums[(_size * (_size - 1))..];
        for (var i = 0; i < count; i++)
        {
            var row = _set.Sparse(_numbers[i]);
            double factor = _factors[(long)i * _weights + w];
            bias[^1] += factor;
            ReadOnlySpan<int> indices = row.Indices;
            ReadOnlySpan<float> values = row.Values;
            for (var a = 0; a < indices.Length; a++)
            {
                var j = indices[a];
                var weighted = factor * _scaling.Scales[j] * values[a];
                var line = sums.Slice(j * _size, j + 1);
                bias[j] += weighted;
                for (var b = 0; b <= a; b++)
                    line[indices[b]] += weighted * _scaling.Scales[indices[b]] * values[b];
            }
        }
    }

    private static void Add(ReadOnlySpan<float> products, Span<double> cells)
    {
        for (var j = 0; j < cells.Length; j++)
            cells[j] += products[j];
    }
}
