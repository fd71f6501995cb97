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
    // A smaller share of the curvature that a penalty adds is less than the rounding of a gradient that it would be divided into, and a
    // smaller share of its parts is the rounding of their sum.
    private const double SmallestPenalty = 1e-7;
    private const double Rounding = 1e-12;

    private readonly RowSet _set;
    private readonly LinearObjective _objective;
    private readonly LogitLoss _loss;
    private readonly int _outputs;
    private readonly int _size;
    private readonly int _blockSize;
    private readonly HessianForm _form;
    private readonly double[] _blocks;
    private readonly double[] _right;
    private readonly HessianSample _sample;
    private readonly HessianSums? _sums;
    private readonly float[] _curvature;
    private readonly double[] _sumsOfWeights;
    private readonly double[] _biasCurvature;
    private readonly Action<int> _turn;
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
        Contrasts = _form.IsCoupled ? new Contrasts(_outputs) : null;
        _sample = new HessianSample(objective, rows, _form.SampleRows);
        _blocks = new double[_form.Factors];
        _right = new double[_blockSize];
        _curvature = new float[_outputs];
        _biasCurvature = new double[_form.Directions];
        _sums = _blockSize > 1 ? new HessianSums(objective, rows, _form) : null;
        _sumsOfWeights = Contrasts is null ? _blocks : new double[_sums!.Length];
        _turn = Turn;
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
        if (_objective.Shares is null)
            SumUp(local, 0, _sample.Count);
        else
            _objective.Shares.Sum(_sumsOfWeights.Length, SumUpShare).AsSpan(0, _sumsOfWeights.Length).CopyTo(_sumsOfWeights);
        if (_blockSize == 1)
        {
            CompleteDiagonal();
            return;
        }

        if (Contrasts is not null)
            _objective.Team.Run(_turn);
        AddPenalty();
        for (var b = 0; b < _blocks.Length; b += _blockSize * _blockSize)
            Cholesky.Factorize(_blocks.AsMemory(b, _blockSize * _blockSize), _blockSize, _objective.Team);

        void SumUpShare(RowShare share, double[] values)
        {
            var (from, to) = _sample.Within(share.From, share.To);
            SumUp(local, from, to);
            _sumsOfWeights.CopyTo(values, 0);
        }
    }

    /// <summary>Sums up a part of the sample.</summary>
    private void SumUp(LocalObjective local, int from, int to)
    {
        if (_sums is not null)
        {
            _sums.Write(local, _sample, from, to, _sumsOfWeights);
            return;
        }

        Array.Clear(_blocks);
        for (var i = from; i < to; i++)
            AddSquares(local, _sample.Row(i), _sample.Share(i) / local.Weight);
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
        for (var j = 0; j < features; j++)
        {
            double sum = 0, size = 0, penalty = PenaltyOf(j);
            for (var k = 0; k < _outputs; k++)
                (sum, size) = (sum + residual[k * features + j], size + Math.Abs(residual[k * features + j]));
            if (penalty > SmallestPenalty * _loss.Curvature && Math.Abs(sum) > Rounding * size)
                mean[j] = sum / (_outputs * penalty);
        }

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
        _sums?.Dispose();
    }

    /// <summary>The diagonal alone.</summary>
    private void AddSquares(LocalObjective local, int number, double share)
    {
        var scaling = _objective.Scaling;
        _loss.CurvatureDiagonal(local.Terms.Span((long)number * _outputs, _outputs), _curvature);
        SpanMath.Scale(_curvature.AsSpan(), (float)share);
        var row = _set.IsSparse ? _set.Sparse(number) : default;
        for (var e = 0; e < (_set.IsSparse ? row.Length : _size - 1); e++)
        {
            var j = _set.IsSparse ? row.Indices[e] : e;
            var value = scaling.Scales[j] * (_set.IsSparse ? row.Values[e] : _set.Values(number)[j] - scaling.Means[j]);
            for (var k = 0; k < _outputs; k++)
                _blocks[k * (_size - 1) + j] += _curvature[k] * value * value;
        }

        for (var k = 0; k < _outputs; k++)
            _blocks[_outputs * (_size - 1) + k] += _curvature[k];
    }

    /// <summary>Turns the sums of pairs of outputs into the block of their contrasts, cell by cell.</summary>
    private void Turn(int member)
    {
        var (from, to) = _objective.Team.Share(member, _size);
        double[] pairs = new double[_form.Weights], matrix = new double[_outputs * _outputs];
        var turned = new double[_form.Directions * _form.Directions];
        for (var i = from; i < to; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                for (var pair = 0; pair < pairs.Length; pair++)
                    pairs[pair] = _sumsOfWeights[(pair * _size + i) * _size + j];
                Contrasts!.Turn(pairs, matrix, turned);
                for (var a = 0; a < _form.Directions; a++)
                {
                    for (var b = 0; b <= a; b++)
                    {
                        var value = turned[a * _form.Directions + b];
                        _blocks[(a * _size + i) * _blockSize + b * _size + j] = value;
                        _blocks[(a * _size + j) * _blockSize + b * _size + i] = value;
                    }
                }
            }
        }
    }

    /// <summary>Biases carry no penalty.</summary>
    private void AddPenalty()
    {
        for (var k = 0; k < _form.Directions; k++)
        {
            var first = Contrasts is null ? k * _size * _size : k * _size * (_blockSize + 1);
            _biasCurvature[k] = _blocks[first + (_size - 1) * (_blockSize + 1)];
            for (var j = 0; j < _size - 1; j++)
                _blocks[first + j * (_blockSize + 1)] += PenaltyOf(j);
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
