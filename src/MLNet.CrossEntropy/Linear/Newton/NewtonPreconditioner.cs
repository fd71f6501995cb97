using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// An approximate inverse of the Hessian: its blocks <c>M_k = sum_r d_rk x'_r x'_r' + l2 S^2</c> on the diagonal, one an output, summed
/// over a sample of rows and factorised. It is exact for one output and all rows; the coupling between the outputs of a softmax is left
/// to the conjugate gradients. With many features it does nothing: the features are scaled already.
/// </summary>
/// <remarks>
/// x' is the row in scaled coordinates with a last 1 for the bias, d the loss's second derivative times the row's share of the weight.
/// </remarks>
internal sealed unsafe class NewtonPreconditioner : IDisposable
{
    /// <summary>The most features whose blocks are worth their factorisation.</summary>
    public const int MostFeatures = 255;

    // Rows of a chunk, whose products are one multiplication of matrices.
    private const int ChunkRows = 64;
    private const int WholeVectors = 16;

    // A solution that takes more products than this shows that the blocks belong to another model by now.
    private const int MostProducts = 4;

    // Summing up the blocks may cost as much as this many passes over the rows.
    private const int WorthInPasses = 20;

    private readonly RowSet _set;
    private readonly LogitLoss _loss;
    private readonly int _outputs;
    private readonly int _size;
    private readonly double _l2;
    private readonly FeatureScaling _scaling;
    private readonly WorkerTeam _team;
    private readonly double[] _blocks;
    private readonly double[] _right;
    private readonly NativeBuffer<float> _diagonals;
    private readonly int _stride;
    private readonly int _width;
    private readonly NativeBuffer<float> _rows;
    private readonly NativeBuffer<float> _weighted;
    private readonly NativeBuffer<float> _products;
    private bool _isFactorized;

    public NewtonPreconditioner(LinearObjective objective, RowSet rows)
    {
        _set = rows;
        _loss = objective.Loss;
        _outputs = objective.Outputs;
        _size = rows.Features + 1;
        _l2 = objective.Penalty.L2;
        _scaling = objective.Scaling;
        _team = objective.Team;
        _stride = rows.Features > MostFeatures ? 0 : SampleStride(rows);
        _blocks = new double[_stride > 0 ? _outputs * _size * _size : 0];
        _right = new double[_size];
        var dense = _stride > 0 && !rows.IsSparse;
        _diagonals = new NativeBuffer<float>((dense ? ChunkRows : 1L) * _outputs);
        // Whole vectors: what lies beyond the bias stays 0.
        _width = (_size + WholeVectors - 1) / WholeVectors * WholeVectors;
        _rows = new NativeBuffer<float>(dense ? ChunkRows * _width : 0);
        _weighted = new NativeBuffer<float>(dense ? ChunkRows * _width : 0);
        _products = new NativeBuffer<float>(dense ? _width * _width : 0);
    }

    /// <summary>
    /// Sums up and factorises the blocks for the point at hand, unless those of an earlier one still served well: the last solution took
    /// few products.
    /// </summary>
    public void Refresh(LocalObjective local, int lastProducts)
    {
        if (_stride == 0 || (_isFactorized && lastProducts <= MostProducts))
            return;
        _isFactorized = true;
        Array.Clear(_blocks);
        var share = _stride / local.Weight;
        if (_set.IsSparse)
            AddSparse(_set, local.Terms, share);
        else
            AddDense(_set, local.Terms, share);
        _team.Run(Factorize);
    }

    /// <summary>Turns a residual into about the inverse Hessian times it, in place.</summary>
    public void Apply(double[] residual)
    {
        if (_stride == 0)
            return;
        var features = _size - 1;
        for (var k = 0; k < _outputs; k++)
        {
            var right = _right.AsSpan(0, _size);
            residual.AsSpan(k * features, features).CopyTo(right);
            right[features] = residual[_outputs * features + k];
            Cholesky.Solve(_blocks.AsSpan(k * _size * _size, _size * _size), _size, right);
            right[..features].CopyTo(residual.AsSpan(k * features));
            residual[_outputs * features + k] = right[features];
        }
    }

    /// <summary>The factors as they are: how old they are decides when they are made anew.</summary>
    public void Serialize(StateStream state)
    {
        state.Values(_blocks.AsSpan());
        state.Value(ref _isFactorized);
    }

    public void Dispose()
    {
        _diagonals.Dispose();
        _rows.Dispose();
        _weighted.Dispose();
        _products.Dispose();
    }

    /// <summary>Every so many rows are looked at that the blocks cost as much as a few passes, but at least two for each feature.</summary>
    private static int SampleStride(RowSet rows)
    {
        var values = rows.IsSparse ? rows.NonZeros : (long)rows.Rows * rows.Features;
        var sample = Math.Max(2.0 * WorthInPasses * rows.Rows * rows.Rows / Math.Max(1, values), 2 * rows.Features);
        return (int)Math.Max(1, rows.Rows / sample);
    }

    private void AddSparse(RowSet rows, NativeBuffer<float> terms, double share)
    {
        for (var r = 0; r < rows.Rows; r += _stride)
        {
            Weigh(r, terms, share, 0);
            var row = rows.Sparse(r);
            for (var k = 0; k < _outputs; k++)
                AddSparse(row, _diagonals[k], _blocks.AsSpan(k * _size * _size, _size * _size));
        }
    }

    private void AddSparse(SparseRow row, double weight, Span<double> block)
    {
        var bias = block[^_size..];
        bias[^1] += weight;
        for (var a = 0; a < row.Indices.Length; a++)
        {
            var i = row.Indices[a];
            var factor = weight * _scaling.Scales[i] * row.Values[a];
            bias[i] += factor;
            var line = block.Slice(i * _size, _size);
            for (var b = 0; b <= a; b++)
                line[row.Indices[b]] += factor * _scaling.Scales[row.Indices[b]] * row.Values[b];
        }
    }

    private void AddDense(RowSet rows, NativeBuffer<float> terms, double share)
    {
        var pointers = stackalloc float*[ChunkRows];
        for (var first = 0; first < rows.Rows; first += ChunkRows * _stride)
        {
            var count = Math.Min(ChunkRows, (rows.Rows - first + _stride - 1) / _stride);
            for (var i = 0; i < count; i++)
            {
                pointers[i] = _rows.Pointer + (long)i * _width;
                Scale(rows.Dense(first + i * _stride), pointers[i]);
                Weigh(first + i * _stride, terms, share, i);
            }

            for (var k = 0; k < _outputs; k++)
                AddChunk(pointers, count, k);
        }
    }

    private void AddChunk(float** pointers, int count, int k)
    {
        for (var i = 0; i < count; i++)
        {
            var weighted = _weighted.Span((long)i * _width, _width);
            new Span<float>(pointers[i], _width).CopyTo(weighted);
            SpanMath.Scale(weighted, _diagonals[(long)i * _outputs + k]);
        }

        DenseBackward.Compute(pointers, count, 0, _width, _weighted.Pointer, _width, _products.Pointer, _width);
        var block = _blocks.AsSpan(k * _size * _size, _size * _size);
        for (var i = 0; i < _size; i++)
        {
            var products = _products.Pointer + (long)i * _width;
            for (var j = 0; j <= i; j++)
                block[i * _size + j] += products[j];
        }
    }

    /// <summary>The row in scaled coordinates, then the 1 of the bias.</summary>
    private void Scale(float* row, float* scaled)
    {
        var features = _size - 1;
        var j = 0;
        for (; j <= features - Vector<float>.Count; j += Vector<float>.Count)
            (new Vector<float>(_scaling.Scales, j) * (Vector.Load(row + j) - new Vector<float>(_scaling.Means, j))).Store(scaled + j);
        for (; j < features; j++)
            scaled[j] = _scaling.Scales[j] * (row[j] - _scaling.Means[j]);
        scaled[features] = 1;
    }

    /// <summary>Writes the weights of a row, one an output, as those of row <paramref name="i"/> of a chunk.</summary>
    private void Weigh(int row, NativeBuffer<float> terms, double share, int i)
    {
        var diagonal = _diagonals.Span((long)i * _outputs, _outputs);
        _loss.CurvatureDiagonal(terms.Span((long)row * _outputs, _outputs), diagonal);
        SpanMath.Scale(diagonal, (float)share);
    }

    private void Factorize(int member)
    {
        var (from, to) = _team.Share(member, _outputs);
        for (var k = from; k < to; k++)
        {
            var block = _blocks.AsSpan(k * _size * _size, _size * _size);
            for (var j = 0; j < _size - 1; j++)
                block[j * _size + j] += _l2 * _scaling.Scales[j] * _scaling.Scales[j];
            Cholesky.Factorize(block, _size);
        }
    }
}
