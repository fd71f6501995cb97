using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// An approximate inverse of the Hessian: the Hessian of a sample of rows, factorised. Where a softmax has few parameters it is the whole
/// one, <c>M = sum_r D_r (x) x'_r x'_r' + l2 S^2</c>, else one block an output, <c>M_k = sum_r d_rk x'_r x'_r' + l2 S^2</c>, and the
/// coupling between the outputs is left to the conjugate gradients. With all rows in the sample the former is exact. With many features it
/// does nothing: the features are scaled already.
/// </summary>
/// <remarks>
/// x' is the row in scaled coordinates with a last 1 for the bias, <c>D_r = diag(q) - q q'</c> the loss's second derivative times the row's
/// share of the weight, d its diagonal.
/// </remarks>
internal sealed unsafe class NewtonPreconditioner : IDisposable
{
    /// <summary>The most features whose blocks are worth their factorisation.</summary>
    public const int MostFeatures = 511;

    // The most parameters of a softmax whose whole Hessian is worth its factorisation.
    private const int MostCoupled = 1_024;

    // Rows of a chunk, whose products are one multiplication of matrices.
    private const int ChunkRows = 256;
    private const int WholeVectors = 16;

    // A solution that takes more products than this shows that the factors belong to another model by now.
    private const int MostProducts = 4;

    // Summing up the sample may cost as much as this many passes over the rows.
    private const int WorthInPasses = 20;

    private readonly RowSet _set;
    private readonly RowShares? _shares;
    private readonly long _allRows;
    private readonly LogitLoss _loss;
    private readonly int _outputs;
    private readonly int _size;
    private readonly int _blockSize;
    private readonly ElasticNet _penalty;
    private readonly FeatureScaling _scaling;
    private readonly WorkerTeam _team;
    private readonly double[] _blocks;
    private readonly double[] _right;
    private readonly (int Row, int Column)[] _pairs;
    private readonly NativeBuffer<float> _curvature;
    private readonly int _stride;
    private readonly int _width;
    private readonly NativeBuffer<float> _rows;
    private readonly NativeBuffer<float> _weighted;
    private readonly NativeBuffer<float> _products;
    private readonly Action<int> _addPairs;
    private readonly Action<int> _addSparsePairs;
    private readonly Action<int> _factorize;
    private LocalObjective _local = null!;
    private double _share;
    private int[] _sample = [];
    private bool _isFactorized;

    public NewtonPreconditioner(LinearObjective objective, RowSet rows)
    {
        (_set, _shares) = (rows, objective.Shares);
        _allRows = objective.Summary.Rows;
        _loss = objective.Loss;
        _outputs = objective.Outputs;
        _size = rows.Features + 1;
        _penalty = objective.Penalty;
        _scaling = objective.Scaling;
        _team = objective.Team;
        var isCoupled = IsCoupled(_loss, _outputs, rows.Features);
        _blockSize = isCoupled ? _outputs * _size : _size;
        _pairs = [.. Enumerable.Range(0, _outputs)
            .SelectMany(k => Enumerable.Range(isCoupled ? 0 : k, isCoupled ? k + 1 : 1).Select(l => (k, l)))];
        _stride = rows.Features > MostFeatures ? 0 : SampleStride(rows);
        var blocks = _stride == 0 ? 0 : isCoupled ? 1 : _outputs;
        _blocks = new double[blocks * _blockSize * _blockSize];
        _right = new double[_blockSize];
        _curvature = new NativeBuffer<float>(_stride > 0 ? (long)ChunkRows * _pairs.Length : 0);
        // Whole vectors: what lies beyond the bias stays 0.
        _width = (_size + WholeVectors - 1) / WholeVectors * WholeVectors;
        var members = _stride > 0 && !rows.IsSparse ? _team.Capacity : 0;
        _rows = new NativeBuffer<float>(members > 0 ? ChunkRows * _width : 0);
        _weighted = new NativeBuffer<float>((long)members * ChunkRows * _width);
        _products = new NativeBuffer<float>((long)members * _width * _width);
        _addPairs = AddPairs;
        _addSparsePairs = AddSparsePairs;
        _factorize = Factorize;
    }

    /// <summary>How many numbers its factors are, in double.</summary>
    public static long Factors(LogitLoss loss, int outputs, int features)
    {
        long size = features + 1L;
        return features > MostFeatures ? 0 : size * size * outputs * (IsCoupled(loss, outputs, features) ? outputs : 1);
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
        (_local, _share) = (local, _stride / local.Weight);
        if (_shares is null)
            AddSample(0, _set.Rows, offset: 0);
        else
            _shares.Sum(_blocks.Length, AddShare).AsSpan(0, _blocks.Length).CopyTo(_blocks);
        _team.Run(_factorize);

        void AddShare(RowShare share, double[] values)
        {
            AddSample(share.First, share.First + share.To - share.From, share.First - share.From);
            _blocks.CopyTo(values, 0);
        }
    }

    /// <summary>Turns a residual into about the inverse Hessian times it, in place.</summary>
    public void Apply(double[] residual)
    {
        if (_stride == 0)
            return;
        int features = _size - 1, together = _blockSize / _size;
        for (var first = 0; first < _outputs; first += together)
        {
            for (var k = 0; k < together; k++)
            {
                residual.AsSpan((first + k) * features, features).CopyTo(_right.AsSpan(k * _size));
                _right[k * _size + features] = residual[_outputs * features + first + k];
            }

            Cholesky.Solve(_blocks.AsSpan(first / together * _blockSize * _blockSize, _blockSize * _blockSize), _blockSize, _right);
            for (var k = 0; k < together; k++)
            {
                _right.AsSpan(k * _size, features).CopyTo(residual.AsSpan((first + k) * features));
                residual[_outputs * features + first + k] = _right[k * _size + features];
            }
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
        _curvature.Dispose();
        _rows.Dispose();
        _weighted.Dispose();
        _products.Dispose();
    }

    private static bool IsCoupled(LogitLoss loss, int outputs, int features)
        => outputs > 1 && !loss.HasIndependentOutputs && outputs * (features + 1L) <= MostCoupled;

    /// <summary>
    /// One row of so many is in the sample: as many as cost a few passes, but at least two for each parameter of a block.
    /// </summary>
    private int SampleStride(RowSet rows)
    {
        double values = !rows.IsSparse ? (double)_allRows * rows.Features : _shares?.NonZeros ?? rows.NonZeros;
        var perRow = values / _allRows;
        // A pass multiplies each value twice for each output, a pair of outputs each value with each other one.
        var sample = Math.Max(2.0 * WorthInPasses * _allRows * _outputs / (Math.Max(1, perRow) * _pairs.Length), 2.0 * _blockSize);
        return (int)Math.Max(1, _allRows / sample);
    }

    /// <summary>Makes the blocks the sums over the sample among the rows <c>[from, to)</c> of all.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="offset">The number among all rows of the first that is here.</param>
    private void AddSample(long from, long to, long offset)
    {
        Array.Clear(_blocks);
        foreach (var chunk in Sample(from, to).Chunk(ChunkRows))
        {
            _sample = [.. chunk.Select(row => (int)(row - offset))];
            for (var i = 0; i < _sample.Length; i++)
            {
                Weigh(i);
                if (!_set.IsSparse)
                    Scale(_set.Dense(_sample[i]), _rows.Pointer + (long)i * _width);
            }

            _team.Run(_set.IsSparse ? _addSparsePairs : _addPairs);
        }
    }

    /// <summary>The rows of the sample: of each stride any, so that no period of the rows is met.</summary>
    private IEnumerable<long> Sample(long from, long to)
    {
        for (var start = from / _stride * _stride; start < to; start += _stride)
        {
            var row = start + (long)(SplitMix64.Mix((ulong)start) % (ulong)Math.Min(_stride, _allRows - start));
            if (row >= from && row < to)
                yield return row;
        }
    }

    /// <summary>Writes the second derivatives of a chunk's row, one a pair of outputs.</summary>
    private void Weigh(int i)
    {
        var terms = _local.Terms.Span((long)_sample[i] * _outputs, _outputs);
        var curvature = _curvature.Span((long)i * _pairs.Length, _pairs.Length);
        if (_pairs.Length == _outputs)
        {
            _loss.CurvatureDiagonal(terms, curvature);
        }
        else
        {
            Span<float> column = stackalloc float[_outputs];
            for (int l = 0; l < _outputs; l++)
            {
                column.Clear();
                column[l] = 1;
                _loss.CurvatureProduct(terms, column);
                for (var k = l; k < _outputs; k++)
                    curvature[k * (k + 1) / 2 + l] = column[k];
            }
        }

        SpanMath.Scale(curvature, (float)_share);
    }

    private Span<double> BlockOf(int pair)
    {
        var (k, l) = _pairs[pair];
        return _blockSize == _size
            ? _blocks.AsSpan(k * _size * _size, _size * _size)
            : _blocks.AsSpan(k * _size * _blockSize + l * _size, (_size - 1) * _blockSize + _size);
    }

    private void AddSparsePairs(int member)
    {
        var (from, to) = _team.Share(member, _pairs.Length);
        for (var i = 0; i < _sample.Length; i++)
        {
            var row = _set.Sparse(_sample[i]);
            for (var pair = from; pair < to; pair++)
                AddSparse(
                    row, _curvature[(long)i * _pairs.Length + pair], BlockOf(pair),
                    _pairs[pair].Row == _pairs[pair].Column);
        }
    }

    private void AddSparse(SparseRow row, double weight, Span<double> block, bool isLower)
    {
        var features = _size - 1;
        var bias = block[(features * _blockSize)..];
        bias[features] += weight;
        for (var a = 0; a < row.Indices.Length; a++)
        {
            var i = row.Indices[a];
            var factor = weight * _scaling.Scales[i] * row.Values[a];
            bias[i] += factor;
            var line = block[(i * _blockSize)..];
            if (!isLower)
                line[features] += factor;
            for (var b = 0; b < (isLower ? a + 1 : row.Indices.Length); b++)
                line[row.Indices[b]] += factor * _scaling.Scales[row.Indices[b]] * row.Values[b];
        }
    }

    private void AddPairs(int member)
    {
        var (from, to) = _team.Share(member, _pairs.Length);
        var pointers = stackalloc float*[ChunkRows];
        for (var i = 0; i < _sample.Length; i++)
            pointers[i] = _rows.Pointer + (long)i * _width;
        float* weighted = _weighted.Pointer + (long)member * ChunkRows * _width,
            products = _products.Pointer + (long)member * _width * _width;
        for (var pair = from; pair < to; pair++)
        {
            for (var i = 0; i < _sample.Length; i++)
            {
                var line = new Span<float>(weighted + (long)i * _width, _width);
                new Span<float>(pointers[i], _width).CopyTo(line);
                SpanMath.Scale(line, _curvature[(long)i * _pairs.Length + pair]);
            }

            DenseBackward.Compute(pointers, _sample.Length, 0, _width, weighted, _width, products, _width);
            var block = BlockOf(pair);
            var isLower = _pairs[pair].Row == _pairs[pair].Column;
            for (var i = 0; i < _size; i++)
            {
                for (var j = 0; j < (isLower ? i + 1 : _size); j++)
                    block[i * _blockSize + j] += products[(long)i * _width + j];
            }
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

    private void Factorize(int member)
    {
        var (from, to) = _team.Share(member, _blocks.Length / Math.Max(1, _blockSize * _blockSize));
        for (var b = from; b < to; b++)
        {
            var block = _blocks.AsSpan(b * _blockSize * _blockSize, _blockSize * _blockSize);
            for (var j = 0; j < _blockSize; j++)
            {
                // Biases carry no penalty.
                if (j % _size < _size - 1)
                    block[j * _blockSize + j] += _penalty.L2Of(j % _size) * _scaling.Scales[j % _size] * _scaling.Scales[j % _size];
            }

            Cholesky.Factorize(block, _blockSize);
        }
    }
}
