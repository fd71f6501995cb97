using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What every solver minimises: <c>J(W, b) = sum_i w_i l(W x_i + b) / sum_i w_i + l2/2 ||W||^2 + l1 ||W||_1</c>, the sums over the training
/// rows. It knows rows, loss, penalties and the coordinates in which solvers work; it remembers no point, so that several solvers may
/// use it one after the other. Second derivatives around a point are <see cref="LocalObjective"/>'s.
/// </summary>
/// <remarks>
/// Scaled coordinates are <c>W'[k, j] = W[k, j] / s_j</c>, then <c>b'[k] = b[k] + sum_j m_j W[k, j]</c>: the weights of the rescaled
/// features (see <see cref="FeatureScaling"/>), <c>[outputs, features]</c>, and behind them their biases. By the chain rule a gradient
/// (G, g) in (W, b) is <c>s_j (G[k, j] - m_j g[k] + l2 W[k, j])</c> and g[k] in them.
/// </remarks>
internal sealed partial class LinearObjective : IDisposable
{
    // As many parameters as are worth waking threads for.
    private const int WorthSharing = 1 << 15;

    private readonly RowMap _takeErrors;
    private LossSums[] _units = [];
    private RowSet? _rowsAtHand;

    public LinearObjective(
        IEnumerable<RowSet> chunks, RowSummary summary, LogitLoss loss, ElasticNet penalty, FeatureScaling scaling, WorkerTeam team)
    {
        (Chunks, Summary, Loss, Penalty, Scaling, Team) = (chunks, summary, loss, penalty, scaling, team);
        Products = RowProducts.For(summary, team);
        _takeErrors = TakeErrors;
    }

    /// <summary>The training rows; to go through them is to read them anew, where they are not kept in memory.</summary>
    public IEnumerable<RowSet> Chunks { get; }

    public RowSummary Summary { get; }

    public LogitLoss Loss { get; }

    public ElasticNet Penalty { get; }

    public FeatureScaling Scaling { get; }

    public WorkerTeam Team { get; }

    /// <summary>Of a cluster, the shares of the rows; null where all rows are here.</summary>
    public RowShares? Shares { get; init; }

    public RowProducts Products { get; }

    public int Outputs => Summary.Outputs;

    public int Features => Summary.Features;

    /// <summary>How many weights and biases there are.</summary>
    public int Parameters => checked(Outputs * (Features + 1));

    /// <summary>Weights and biases of 0, to be filled.</summary>
    public LinearWeights CreateWeights() => new(Outputs, Features, Summary.IsSparse);

    /// <summary>Objective, gradient and distance from the optimum, by one pass over the rows, and a look at a sample of them.</summary>
    /// <param name="weights">The model.</param>
    public OptimalityCertificate Certify(LinearWeights weights) => Certify(weights, null, out _, null);

    /// <summary>
    /// The same, and the objective of another model, where there is one, by the same pass. The gap is estimated where it is null.
    /// </summary>
    public OptimalityCertificate Certify(LinearWeights weights, LinearWeights? rival, out double rivalObjective, double? gap)
    {
        var rivalLoss = 0.0;
        CompensatedSum loss = default, weight = default;
        Products.Clear();
        foreach (var rows in Chunks)
        {
            var sums = AddGradient(weights, rows);
            loss.Add(sums.Loss);
            weight.Add(sums.Weight);
            rivalLoss += rival is null ? 0 : SumLosses(rival, rows);
        }

        rivalObjective = rival is null ? double.NaN : rivalLoss / weight.Value + Penalty.Value(rival);
        var (squared, bound) = Slopes(weights, weight.Value, areScaled: false);
        var dataTerm = loss.Value / weight.Value;
        if (gap is null && double.IsFinite(squared) && Penalty.L1 == 0 && Loss.HasCurvature
            && Parameters <= GapEstimate.MostParameters)
        {
            double[] point = new double[Parameters], gradient = new double[Parameters];
            ToScaled(weights, point);
            SumsToScaled(point, weight.Value, gradient, isPoint: true);
            using var estimate = new GapEstimate(this, weights);
            gap = estimate.Of(gradient);
        }

        return new OptimalityCertificate
        {
            Objective = dataTerm + Penalty.Value(weights),
            DataTerm = dataTerm,
            GradientNorm = Math.Sqrt(squared),
            GapEstimate = gap,
            GapBound = Penalty.L2 > 0 ? bound : null,
        };
    }

    /// <summary>
    /// The norm of the gradient in scaled coordinates, the smallest subgradient where there is an L1 penalty, and how far above its minimum
    /// it lets the objective lie at most, by one pass over the rows.
    /// </summary>
    public (double Norm, double GapBound) Slopes(LinearWeights weights)
    {
        var weight = 0.0;
        Products.Clear();
        foreach (var rows in Chunks)
            weight += AddGradient(weights, rows).Weight;
        var (squared, bound) = Slopes(weights, weight, areScaled: true);
        return (Math.Sqrt(squared), bound);
    }

    /// <summary>The objective, by one pass over the rows.</summary>
    public double Value(LinearWeights weights)
        => Chunks.Sum(rows => SumLosses(weights, rows)) / Summary.TargetWeight + Penalty.Value(weights);

    /// <summary>
    /// The mean loss over rows in memory and its gradient in scaled coordinates, that of the L2 penalty included, by one pass over the
    /// rows.
    /// </summary>
    /// <param name="scaled">The point.</param>
    /// <param name="weights">Receives the point's raw weights.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="gradient">Receives the gradient.</param>
    /// <param name="look">Is given the logits of the rows, too; null for nobody.</param>
    public LossSums Gradient(double[] scaled, LinearWeights weights, RowSet rows, double[] gradient, RowMap? look = null)
    {
        ToRaw(scaled, weights);
        Products.Clear();
        var sums = AddGradient(weights, rows, look);
        SumsToScaled(scaled, sums.Weight, gradient, isPoint: true);
        return sums;
    }

    /// <summary>The sum of vectors over all rows, here or elsewhere.</summary>
    /// <param name="rows">The rows that are here.</param>
    /// <param name="length">The vectors' length.</param>
    /// <param name="fill">Fills the vector of the rows from one to another, which is all 0 before.</param>
    public double[] SumOver(RowSet rows, int length, Action<int, int, double[]> fill)
    {
        if (Shares is not null)
            return Shares.Sum(length, (share, values) => fill(share.From, share.To, values));
        var sums = new double[length];
        fill(0, rows.Rows, sums);
        return sums;
    }

    /// <summary>Makes the products' sums those of one pass over all rows.</summary>
    public void SumProducts(LinearWeights weights, RowSet rows, RowMap map)
    {
        Products.Clear();
        if (Shares is null)
            Products.Pass(weights, rows, 0, rows.Rows, map);
        else
            SumShares(Shares, weights, map, units: null);
    }

    /// <summary>Scaled coordinates of raw weights and biases.</summary>
    public void ToScaled(LinearWeights weights, double[] scaled)
    {
        for (var k = 0; k < Outputs; k++)
        {
            double bias = weights.Biases[k];
            for (var j = 0; j < Features; j++)
            {
                double weight = weights[k, j];
                scaled[k * Features + j] = weight / Scaling.Scales[j];
                bias += Scaling.Means[j] * weight;
            }

            scaled[Outputs * Features + k] = bias;
        }
    }

    /// <summary>Raw weights and biases of scaled coordinates.</summary>
    public void ToRaw(double[] scaled, LinearWeights weights)
    {
        if (Summary.IsSparse)
        {
            ToRawSparse(scaled, weights);
            return;
        }

        for (var k = 0; k < Outputs; k++)
        {
            var bias = scaled[Outputs * Features + k];
            for (var j = 0; j < Features; j++)
            {
                // Rounded first: the bias makes up for the rounding of weights of features whose mean is large.
                var weight = (float)(Scaling.Scales[j] * scaled[k * Features + j]);
                weights[k, j] = weight;
                bias -= (double)Scaling.Means[j] * weight;
            }

            weights.Biases[k] = (float)bias;
        }
    }

    /// <summary>The same for sparse rows, whose centre is 0, in the order of the weights.</summary>
    private void ToRawSparse(double[] scaled, LinearWeights weights)
    {
        ShareFeatures((from, to) =>
        {
            var values = weights.Values[(from * Outputs)..];
            for (int j = from, place = 0; j < to; j++)
            {
                for (var p = j; p < Outputs * Features; p += Features)
                    values[place++] = (float)(Scaling.Scales[j] * scaled[p]);
            }
        });
        for (var k = 0; k < Outputs; k++)
            weights.Biases[k] = (float)scaled[Outputs * Features + k];
    }

    /// <summary>
    /// Of the products' sums over rows of some weight, the gradient (or the Hessian's product) in scaled coordinates, with the L2
    /// penalty's part.
    /// </summary>
    /// <param name="scaled">The point, or the direction that the Hessian is multiplied with.</param>
    /// <param name="weight">The sum of the rows' weights.</param>
    /// <param name="gradient">Receives the gradient.</param>
    /// <param name="isPoint">Whether it is a point, which the penalty measures from its centre.</param>
    public void SumsToScaled(double[] scaled, double weight, double[] gradient, bool isPoint = false)
    {
        for (var k = 0; k < Outputs; k++)
            gradient[Outputs * Features + k] = Products.BiasSums[k] / weight;
        ShareFeatures((from, to) =>
        {
            for (var k = 0; k < Outputs; k++)
            {
                var bias = gradient[Outputs * Features + k];
                for (var j = from; j < to; j++)
                {
                    var scale = Scaling.Scales[j];
                    var slope = Products.Sums[k * Features + j] / weight - Scaling.Means[j] * bias;
                    var penalised = scale * scaled[k * Features + j] - (isPoint ? Penalty.CentreOf(k, j) : 0);
                    gradient[k * Features + j] = scale * (slope + Penalty.L2Of(j) * penalised);
                }
            }
        });
    }

    /// <summary>Runs what is done for each feature by itself: on all threads where there is enough of it.</summary>
    private void ShareFeatures(Action<int, int> range)
    {
        if (Parameters < WorthSharing)
            range(0, Features);
        else
            Team.Run(member => range(Team.Share(member, Features).From, Team.Share(member, Features).To));
    }

    /// <summary>
    /// The L2 penalty along a line in scaled coordinates: after a length a it is <c>constant + a (linear + a square)</c>.
    /// </summary>
    public (double Constant, double Linear, double Square) PenaltyAlong(double[] point, double[] direction)
    {
        double constant = 0, linear = 0, square = 0;
        for (int i = 0, j = 0, k = 0; i < Outputs * Features; i++, j++)
        {
            if (j == Features)
                (j, k) = (0, k + 1);
            double l2 = Penalty.L2Of(j), scale = Scaling.Scales[j];
            double weight = scale * point[i] - Penalty.CentreOf(k, j), change = scale * direction[i];
            constant += l2 / 2 * weight * weight;
            linear += l2 * weight * change;
            square += l2 / 2 * change * change;
        }

        return (constant, linear, square);
    }

    public void Dispose() => Products.Dispose();

    /// <summary>The squared norm of the smallest subgradient that the products' sums make, and the bound of what is left to gain.</summary>
    private (double Squared, double GapBound) Slopes(LinearWeights weights, double weight, bool areScaled)
    {
        double squared = 0, bound = 0;
        for (var k = 0; k < Outputs; k++)
        {
            var bias = Products.BiasSums[k] / weight;
            squared += bias * bias;
            bound += Penalty.GapBound(bias);
            for (var j = 0; j < Features; j++)
            {
                var (centre, scale) = areScaled ? (Scaling.Means[j], Scaling.Scales[j]) : (0, 1);
                var slope = Penalty.Subgradient(Products.Sums[k * Features + j] / weight - centre * bias, weights[k, j], k, j);
                bound += Penalty.GapBound(slope, j);
                squared += scale * slope * (scale * slope);
            }
        }

        return (squared, bound);
    }

    /// <summary>Adds the rows' gradients to the products' sums; returns the sums of their losses and weights.</summary>
    private LossSums AddGradient(LinearWeights weights, RowSet rows, RowMap? look = null)
    {
        Begin(rows);
        var map = look is null ? _takeErrors : _takeErrors + look;
        if (Shares is not null)
            return SumShares(Shares, weights, map, _units);
        Products.Pass(weights, rows, 0, rows.Rows, map);
        return Total(_units.AsSpan(0, UnitsOf(rows)));
    }

    /// <summary>The sum of the rows' losses.</summary>
    private double SumLosses(LinearWeights weights, RowSet rows)
    {
        Begin(rows);
        Products.PassLogits(weights, rows, 0, rows.Rows, _takeErrors);
        return Shares is null
            ? Total(_units.AsSpan(0, UnitsOf(rows))).Loss
            : Shares.Sum(1, (share, sum) => sum[0] = Total(share.Units<LossSums>(_units)).Loss)[0];
    }

    private static int UnitsOf(RowSet rows) => (rows.Rows + RowProducts.UnitRows - 1) / RowProducts.UnitRows;

    private void Begin(RowSet rows)
    {
        _rowsAtHand = rows;
        if (_units.Length < UnitsOf(rows))
            _units = new LossSums[UnitsOf(rows)];
    }

    /// <summary>A pass over each share of this rank, and the sums over the shares of all.</summary>
    private LossSums SumShares(RowShares shares, LinearWeights weights, RowMap map, LossSums[]? units)
    {
        var total = shares.Sum(2 + Parameters, (share, values) =>
        {
            Products.Clear();
            Products.Pass(weights, shares.Own, share.From, share.To, map);
            (values[0], values[1]) = units is null ? default : Total(share.Units<LossSums>(units));
            Products.BiasSums.CopyTo(values, 2);
            Products.Sums.CopyTo(values, 2 + Outputs);
        });
        total.AsSpan(2, Outputs).CopyTo(Products.BiasSums);
        total.AsSpan(2 + Outputs, Products.Sums.Length).CopyTo(Products.Sums);
        return new LossSums(total[0], total[1]);
    }

    private static LossSums Total(ReadOnlySpan<LossSums> units)
    {
        CompensatedSum loss = default, weight = default;
        foreach (var unit in units)
        {
            loss.Add(unit.Loss);
            weight.Add(unit.Weight);
        }

        return new LossSums(loss.Value, weight.Value);
    }

    private void TakeErrors(int first, int count, Span<float> logits, Span<float> errors)
    {
        for (var done = 0; done < count; done += RowProducts.UnitRows)
        {
            var numbers = RowNumbers.From(first + done, Math.Min(RowProducts.UnitRows, count - done));
            int offset = done * Outputs, length = numbers.Count * Outputs;
            _units[(first + done) / RowProducts.UnitRows] =
                RowLosses.Compute(Loss, _rowsAtHand!, numbers, Outputs, logits.Slice(offset, length), errors.Slice(offset, length));
        }
    }
}
