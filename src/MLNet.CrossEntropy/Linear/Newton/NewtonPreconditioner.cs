using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// An approximate inverse of the Hessian: the Hessian of a sample of rows, factorised. Where a softmax has few parameters it is the whole
/// one, <c>M = sum_r U' D_r U (x) x'_r x'_r' + l2 S^2</c>, else one block an output, <c>M_k = sum_r d_rk x'_r x'_r' + l2 S^2</c>, and the
/// coupling between the outputs is left to the conjugate gradients; of very many features it is the diagonal alone.
/// </summary>
/// <remarks>
/// x' is the row in scaled coordinates with a last 1 for the bias, <c>D_r = diag(q) - q q'</c> the loss's second derivative times the row's
/// share of the weight, d its diagonal. The rows curve the differences between a softmax's outputs alone: U has <c>K - 1</c> orthonormal
/// columns that sum to 0 (see <see cref="Contrasts"/>), and along the outputs' mean there is nothing but the penalty.
/// </remarks>
internal sealed class NewtonPreconditioner : IDisposable
{
    // A smaller share of the curvature that a penalty adds is less than the rounding of a gradient that it would be divided into.
    private const double SmallestPenalty = 1e-7;

    private readonly RowSet _set;
    private readonly LinearObjective _objective;
    private readonly LogitLoss _loss;
    private readonly int _outputs;
    private readonly int _size;
    private readonly int _blockSize;
    private readonly HessianForm _form;
    private readonly double[] _blocks;
    private readonly double[] _right;
    private readonly (int Row, int Column)[] _pairs;
    private readonly NativeBuffer<float> _curvature;
    private readonly HessianSample _sample;
    private readonly HessianSums? _sums;
    private readonly double[] _biasCurvature;
    private readonly Action<int> _complete;
    private readonly Func<int, SumPlace> _placeOf;
    private bool _isFactorized;

    /// <param name="objective">The objective.</param>
    /// <param name="rows">Its rows, in memory.</param>
    /// <param name="mayHaveBlocks">Whether a part of the Hessian other than its diagonal may be factorised, too.</param>
    public NewtonPreconditioner(LinearObjective objective, RowSet rows, bool mayHaveBlocks = true)
    {
        (_set, _objective, _loss, _outputs) = (rows, objective, objective.Loss, objective.Outputs);
        _size = rows.Features + 1;
        _form = new HessianForm(_loss, _outputs, objective.Summary, mayHaveBlocks);
        _blockSize = _form.BlockSize;
        var isCoupled = _form.IsCoupled;
        Contrasts = isCoupled ? new Contrasts(_outputs) : null;
        _pairs = [.. Enumerable.Range(0, _form.Directions)
            .SelectMany(k => Enumerable.Range(isCoupled ? 0 : k, isCoupled ? k + 1 : 1).Select(l => (k, l)))];
        _sample = new HessianSample(objective, rows, _form.SampleRows);
        _blocks = new double[_form.Factors];
        _right = new double[_blockSize];
        _biasCurvature = new double[_form.Directions];
        _curvature = new NativeBuffer<float>(HessianSums.ChunkRows * (long)_pairs.Length);
        _sums = _blockSize > 1 ? new HessianSums(objective, rows, _pairs.Length) : null;
        _complete = Complete;
        _placeOf = PlaceOf;
    }

    /// <summary>Whether it is the inverse Hessian itself of the point that it was made for: of all rows, outputs coupled.</summary>
    public bool IsExact => _form.IsWhole && _sample.IsWhole;

    /// <summary>Whether it is all of the Hessian, of a sample of rows at least.</summary>
    public bool IsWhole => _form.IsWhole;

    /// <summary>
    /// The factors L of the blocks, one after the other, <c>[size, size]</c> each (see <see cref="Cholesky"/>): of each output's features
    /// and then its bias, all contrasts in one block where outputs are coupled. The diagonal is in the order of the parameters.
    /// </summary>
    public ReadOnlyMemory<double> Factors => _blocks;

    /// <summary>The size of a block; 1 where there is the diagonal alone.</summary>
    public int BlockSize => _form.BlockSize;

    /// <summary>What a block is made of, where outputs are coupled.</summary>
    public Contrasts? Contrasts { get; }

    /// <summary>
    /// Sums up and factorises the blocks for the point at hand, unless those of an earlier one still serve well.
    /// </summary>
    public void Refresh(LocalObjective local, bool areGood)
    {
        if (_isFactorized && areGood)
            return;
        _isFactorized = true;
        Array.Clear(_biasCurvature);
        if (_objective.Shares is null)
            AddSample(local, 0, _sample.Count);
        else
            _objective.Shares.Sum(_blocks.Length, AddShare).AsSpan(0, _blocks.Length).CopyTo(_blocks);
        if (_blockSize == 1)
        {
            CompleteDiagonal();
            return;
        }

        _objective.Team.Run(_complete);
        for (var b = 0; b < _blocks.Length; b += _blockSize * _blockSize)
            Cholesky.Factorize(_blocks.AsMemory(b, _blockSize * _blockSize), _blockSize, _objective.Team);

        void AddShare(RowShare share, double[] values)
        {
            var (from, to) = _sample.Within(share.From, share.To);
            AddSample(local, from, to);
            _blocks.CopyTo(values, 0);
        }
    }

    /// <summary>Makes the blocks the sums over a part of the sample.</summary>
    private void AddSample(LocalObjective local, int from, int to)
    {
        Array.Clear(_blocks);
        Span<int> numbers = stackalloc int[HessianSums.ChunkRows];
        for (int first = from, count; first < to; first += count)
        {
            count = Math.Min(numbers.Length, to - first);
            for (var i = 0; i < count; i++)
            {
                numbers[i] = _sample.Row(first + i);
                Weigh(local, numbers[i], _sample.Share(first + i) / local.Weight, _curvature.Span((long)i * _pairs.Length, _pairs.Length));
            }

            if (_sums is not null)
                _sums.Add(numbers[..count], _curvature, _placeOf);
            else
                AddSquares(numbers[..count]);
        }
    }

    /// <summary>Turns a residual into about the inverse Hessian times it, in place.</summary>
    public void Apply(double[] residual)
    {
        Centre(residual);
        Solve(residual);
        Centre(residual);
    }

    /// <summary>All of a softmax's biases may move together without a change: what rounding makes of that is taken out.</summary>
    private void Centre(double[] direction)
    {
        if (_outputs == 1 || _loss.HasIndependentOutputs)
            return;
        var biases = direction.AsSpan(_outputs * (_size - 1));
        var mean = SpanMath.Sum(biases) / biases.Length;
        foreach (ref var bias in biases)
            bias -= mean;
    }

    private void Solve(double[] residual)
    {
        var features = _size - 1;
        if (_blockSize == 1)
        {
            for (var i = 0; i < residual.Length; i++)
                residual[i] /= _blocks[i];
            return;
        }

        if (Contrasts is not null)
        {
            SolveContrasts(residual, Contrasts);
            return;
        }

        for (var k = 0; k < _outputs; k++)
        {
            residual.AsSpan(k * features, features).CopyTo(_right);
            _right[features] = residual[_outputs * features + k];
            Cholesky.Solve(_blocks.AsSpan(k * _size * _size, _size * _size), _size, _right);
            _right.AsSpan(0, features).CopyTo(residual.AsSpan(k * features));
            residual[_outputs * features + k] = _right[features];
        }
    }

    /// <summary>The contrasts by the factor, the outputs' mean by the penalty that alone holds it.</summary>
    private void SolveContrasts(double[] residual, Contrasts contrasts)
    {
        var features = _size - 1;
        var mean = new double[features];
        for (var k = 0; k < _outputs; k++)
            SpanMath.AddScaled(mean, 1.0 / _outputs, residual.AsSpan(k * features, features));
        for (var j = 0; j < features; j++)
            mean[j] = PenaltyOf(j) is var penalty && penalty > SmallestPenalty * _loss.Curvature ? mean[j] / penalty : 0;
        for (var a = 0; a < contrasts.Count; a++)
            _right[a * _size + features] = contrasts.Of(residual, features, a, _right.AsSpan(a * _size, features));
        Cholesky.Solve(_blocks, _blockSize, _right);
        for (var k = 0; k < _outputs; k++)
            mean.CopyTo(residual.AsSpan(k * features));
        residual.AsSpan(_outputs * features).Clear();
        for (var a = 0; a < contrasts.Count; a++)
            contrasts.Add(residual, features, a, _right.AsSpan(a * _size, _size));
    }

    /// <summary>
    /// What a gradient is worth to rows of ordinary size: <c>g' g / 2</c> over the outputs' mean curvature. At a point where outlying rows
    /// alone curve the objective, <c>g' H^-1 g / 2</c> is next to nothing, however much the others have to gain once those are fitted.
    /// </summary>
    public double OrdinaryGain(double[] gradient)
    {
        var gain = 0.0;
        for (var k = 0; k < _form.Directions; k++)
        {
            var slopes = gradient.AsSpan(k * (_size - 1), _size - 1);
            if (Contrasts is not null)
            {
                slopes = _right.AsSpan(0, _size - 1);
                Contrasts.Of(gradient, _size - 1, k, slopes);
            }

            if (_biasCurvature[k] > 0)
                gain += SpanMath.Dot(slopes, slopes) / (2 * _biasCurvature[k]);
        }

        return gain;
    }

    /// <summary>The factors as they are: how old they are decides when they are made anew.</summary>
    public void Serialize(StateStream state)
    {
        state.Values(_blocks.AsSpan());
        state.Values(_biasCurvature.AsSpan());
        state.Value(ref _isFactorized);
    }

    public void Dispose()
    {
        _curvature.Dispose();
        _sums?.Dispose();
    }

    /// <summary>Writes the second derivatives of a row, one a pair of directions.</summary>
    private void Weigh(LocalObjective local, int row, double share, Span<float> curvature)
    {
        var terms = local.Terms.Span((long)row * _outputs, _outputs);
        if (Contrasts is null)
            _loss.CurvatureDiagonal(terms, curvature);
        else
            Contrasts.Curvature(_loss, terms, curvature);
        SpanMath.Scale(curvature, (float)share);
    }

    /// <summary>The diagonal alone.</summary>
    private void AddSquares(ReadOnlySpan<int> numbers)
    {
        var scaling = _objective.Scaling;
        for (var i = 0; i < numbers.Length; i++)
        {
            var curvature = _curvature.Span((long)i * _outputs, _outputs);
            var row = _set.IsSparse ? _set.Sparse(numbers[i]) : default;
            for (var e = 0; e < (_set.IsSparse ? row.Length : _size - 1); e++)
            {
                var j = _set.IsSparse ? row.Indices[e] : e;
                var value = scaling.Scales[j] * (_set.IsSparse ? row.Values[e] : _set.Values(numbers[i])[j] - scaling.Means[j]);
                for (var k = 0; k < _outputs; k++)
                    _blocks[k * (_size - 1) + j] += curvature[k] * value * value;
            }

            for (var k = 0; k < _outputs; k++)
                _blocks[_outputs * (_size - 1) + k] += curvature[k];
        }
    }

    private SumPlace PlaceOf(int pair)
    {
        var (k, l) = _pairs[pair];
        return _blockSize == _size
            ? new SumPlace(_blocks, k * _size * _size, _size)
            : new SumPlace(_blocks, k * _size * _blockSize + l * _size, _blockSize);
    }

    /// <summary>Adds the penalty, and what is above the diagonal of the pairs of different outputs.</summary>
    private void Complete(int member)
    {
        var (from, to) = _objective.Team.Share(member, _pairs.Length);
        for (var pair = from; pair < to; pair++)
        {
            var place = PlaceOf(pair);
            if (_pairs[pair].Row != _pairs[pair].Column)
            {
                place.Mirror(_size);
                continue;
            }

            _biasCurvature[_pairs[pair].Row] = place.Diagonal(_size - 1);
            // Biases carry no penalty.
            for (var j = 0; j < _size - 1; j++)
                place.Diagonal(j) += PenaltyOf(j);
        }
    }

    private void CompleteDiagonal()
    {
        var features = _size - 1;
        _blocks.AsSpan(_outputs * features).CopyTo(_biasCurvature);
        for (var i = 0; i < _blocks.Length; i++)
        {
            var curvature = _blocks[i] + (i < _outputs * features ? PenaltyOf(i % features) : 0);
            // What no row of the sample curves is moved as little as may be.
            _blocks[i] = curvature > 0 ? curvature : _loss.Curvature;
        }
    }

    private double PenaltyOf(int feature)
        => _objective.Penalty.L2Of(feature) * _objective.Scaling.Scales[feature] * _objective.Scaling.Scales[feature];
}
