using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// One SGD step of a linear model, and the model itself while it is being fitted. Dense and sparse rows differ in how logits
/// and gradients are summed; what they share is here: the batch's buffers and the loss of its rows.
/// </summary>
internal abstract unsafe class MiniBatchStep : IDisposable
{
    private const int GroupRows = 16;

    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<double> _rowLosses;
    private readonly Action<int> _lossPhase;
    private RowSet _rows = null!;
    private readonly int[] _batch;
    private readonly int[] _next;
    private int _count;
    private int _nextCount;
    private double _weightSum;
    private LogitLoss _judge;

    protected MiniBatchStep(LogitLoss loss, int outputs, int batchSize, WorkerTeam team)
    {
        Loss = loss;
        _judge = loss;
        Outputs = outputs;
        BatchSize = batchSize;
        Team = team;
        Logits = new NativeBuffer<float>((long)batchSize * outputs);
        Errors = new NativeBuffer<float>((long)batchSize * outputs);
        _weights = new NativeBuffer<float>(batchSize);
        _rowLosses = new NativeBuffer<double>(batchSize);
        _batch = new int[batchSize];
        _next = new int[batchSize];
        _lossPhase = ForwardShare;
    }

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; }

    /// <summary>The number of outputs K.</summary>
    public int Outputs { get; }

    protected LogitLoss Loss { get; }

    protected WorkerTeam Team { get; }

    /// <summary>The logits Z of the batch at hand, <c>[rows, outputs]</c>.</summary>
    protected NativeBuffer<float> Logits { get; }

    /// <summary>
    /// The gradient of the batch's weighted mean loss in the logits, D <c>[rows, outputs]</c>; during a SAGA step the change of each
    /// row's weighted gradient since it was last seen.
    /// </summary>
    protected NativeBuffer<float> Errors { get; }

    /// <summary>SAGA's memory; null for plain SGD.</summary>
    protected GradientTable? Table { get; private set; }

    /// <summary>Makes the steps SAGA's.</summary>
    public void UseTable(GradientTable table) => Table = table;

    /// <summary>
    /// One step on the given rows: the weights move against the gradient of the batch's weighted mean loss plus penalties.
    /// Weights are those of examples times those of their targets (class weights); a batch of zero weight is no step.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="batch">The rows of this step.</param>
    /// <param name="learningRate">The length of the step.</param>
    /// <param name="next">Those of the step after, if they are known: only to have them in the cache by then.</param>
    /// <returns>The weighted sum of the rows' losses before the step, and the sum of their weights; with machines that step together, theirs.</returns>
    public (double Loss, double Weight) Take(RowSet rows, ReadOnlySpan<int> batch, double learningRate, ReadOnlySpan<int> next = default)
    {
        next.CopyTo(_next);
        _nextCount = next.Length;
        var loss = Forward(rows, batch);
        SumOverMachines(batch.Length, ref loss, ref _weightSum);
        if (_weightSum > 0 && double.IsFinite(loss))
        {
            Table?.Replace(batch, Errors, (float)_weightSum);
            Update(rows, batch, learningRate);
        }

        return (loss, _weightSum);
    }

    /// <summary>The weighted mean loss of all rows under the weights of now.</summary>
    public double MeanLoss(RowSet rows) => Measure([rows], null, static (_, _, _) => { }).Mean;

    /// <summary>The weighted mean loss of some rows under the weights of now.</summary>
    public double MeanLoss(RowSet rows, int[] some) => Measure([rows], some, static (_, _, _) => { }).Mean;

    /// <summary>How the weights of now do on rows that are only judged, by <see cref="LogitLoss.LogLoss"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested before the end.</exception>
    public ValidationLoss Judge(RowSet rows, CancellationToken cancellation)
    {
        var moments = new WeightedMoments();
        _judge = Loss.LogLoss;
        try
        {
            var (mean, _) = Measure([rows], null, (set, batch, _) =>
            {
                cancellation.ThrowIfCancellationRequested();
                for (var r = 0; r < batch.Length; r++)
                {
                    var targetWeight = _judge.TargetWeight(set.Target(batch[r], Outputs));
                    if (targetWeight > 0 && _weights[r] > 0)
                        moments.Add(_rowLosses[r] / targetWeight, _weights[r] * targetWeight);
                }
            });
            return new ValidationLoss(mean, moments.StandardError);
        }
        finally
        {
            _judge = Loss;
        }
    }

    /// <summary>How good the weights of now are on all rows, by the objective with the given penalties.</summary>
    public OptimalityCertificate Certify(IEnumerable<RowSet> chunks, double l1, double l2)
    {
        using var weightGradient = new NativeBuffer<float>(RawWeights.Length);
        var biasGradient = new double[Outputs];
        var (mean, weight) = Measure(chunks, null, (set, batch, batchWeight) =>
        {
            AddGradient(set, batch, (float)batchWeight, weightGradient);
            for (var r = 0; r < batch.Length; r++)
            {
                for (var k = 0; k < Outputs; k++)
                    biasGradient[k] += batchWeight * Errors[(long)r * Outputs + k];
            }
        });
        foreach (ref var gradient in weightGradient.AsSpan())
            gradient /= (float)weight;
        foreach (ref var gradient in biasGradient.AsSpan())
            gradient /= weight;
        return OptimalityCertificate.Of(mean, RawWeights, weightGradient.AsSpan(), biasGradient, l1, l2);
    }

    /// <summary>The penalties <c>l2/2 ||W||^2 + l1 ||W||_1</c> of the weights of now.</summary>
    public double Penalty(double l1, double l2) => l1 > 0 || l2 > 0 ? new ElasticNet(l1, l2).Value(RawWeights) : 0;

    /// <summary>Starts from raw weights <c>[outputs, features]</c>, null for zeros, and biases.</summary>
    public abstract void Start(float[]? weights, float[] biases);

    /// <summary>The weights <c>[outputs, features]</c> and biases of the model over raw features.</summary>
    public abstract void CopyTo(float[] weights, float[] biases);

    /// <summary>
    /// SAGA only: the norm of the objective's gradient in the scaled weights and the biases, as the memory of the rows has it.
    /// </summary>
    public abstract double RememberedGradientNorm();

    /// <summary>Ends the fit: the weights become those the optimizer recommends, such as their average.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Keeps the state of now, to come back to.</summary>
    public abstract void Save();

    /// <summary>Comes back to the state that was saved last.</summary>
    public abstract void Restore();

    public virtual void Dispose()
    {
        Logits.Dispose();
        Errors.Dispose();
        _weights.Dispose();
        _rowLosses.Dispose();
    }

    /// <summary>The rows of the next step, if they are known.</summary>
    protected ReadOnlySpan<int> Next => _next.AsSpan(0, _nextCount);

    /// <summary>The raw weights of now, in the order in which the step keeps them.</summary>
    protected abstract ReadOnlySpan<float> RawWeights { get; }

    /// <summary>What must be done before logits are computed, on the calling thread.</summary>
    protected virtual void BeforeLogits(RowSet rows, ReadOnlySpan<int> batch)
    {
    }

    /// <summary>Computes the logits of the batch's rows <c>[from, to)</c>.</summary>
    protected abstract void ComputeLogits(RowSet rows, ReadOnlySpan<int> batch, int from, int to);

    /// <summary>Makes the gradient of the batch, its loss and its weight those of all machines (see <see cref="IGradientSum"/>).</summary>
    protected virtual void SumOverMachines(int count, ref double loss, ref double weight)
    {
    }

    /// <summary>Moves the weights, given <see cref="Errors"/>.</summary>
    protected abstract void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate);

    /// <summary>Adds <paramref name="factor"/> times the raw-feature gradient of the batch, given <see cref="Errors"/>, in the order of <see cref="RawWeights"/>.</summary>
    protected abstract void AddGradient(RowSet rows, ReadOnlySpan<int> batch, float factor, NativeBuffer<float> weightGradient);

    private delegate void BatchVisitor(RowSet rows, ReadOnlySpan<int> batch, double batchWeight);

    private (double Mean, double Weight) Measure(IEnumerable<RowSet> chunks, int[]? some, BatchVisitor visit)
    {
        CompensatedSum loss = default, weight = default;
        var numbers = new int[BatchSize];
        foreach (var rows in chunks)
        {
            var count = some?.Length ?? rows.Rows;
            for (var from = 0; from < count; from += BatchSize)
            {
                var batch = numbers.AsSpan(0, Math.Min(BatchSize, count - from));
                for (var r = 0; r < batch.Length; r++)
                    batch[r] = some is null ? from + r : some[from + r];
                loss.Add(Forward(rows, batch));
                weight.Add(_weightSum);
                if (_weightSum > 0)
                    visit(rows, batch, _weightSum);
            }
        }

        return (loss.Value / weight.Value, weight.Value);
    }

    /// <summary>Losses and errors of a batch; returns the weighted sum of the losses.</summary>
    private double Forward(RowSet rows, ReadOnlySpan<int> batch)
    {
        _rows = rows;
        _count = batch.Length;
        batch.CopyTo(_batch);
        _weightSum = 0;
        for (var r = 0; r < batch.Length; r++)
        {
            _weights[r] = rows.Weight(batch[r]);
            _weightSum += _weights[r] * _judge.TargetWeight(rows.Target(batch[r], Outputs));
        }

        if (_weightSum == 0)
            return 0;
        BeforeLogits(rows, batch);
        Team.Run(_lossPhase);
        var total = new CompensatedSum();
        for (var r = 0; r < batch.Length; r++)
            total.Add(_weights[r] * _rowLosses[r]);
        return total.Value;
    }

    /// <summary>Which of the rows of a batch are <paramref name="member"/>'s, in whole groups of <see cref="GroupRows"/>.</summary>
    protected (int From, int To) RowShare(int member, int count)
    {
        var (from, to) = Team.Share(member, (count + GroupRows - 1) / GroupRows);
        return (Math.Min(from * GroupRows, count), Math.Min(to * GroupRows, count));
    }

    private void ForwardShare(int member)
    {
        var (from, to) = RowShare(member, _count);
        if (from == to)
            return;
        ReadOnlySpan<int> batch = _batch.AsSpan(0, _count);
        ComputeLogits(_rows, batch, from, to);
        for (var r = from; r < to; r++)
        {
            var errors = Errors.Span((long)r * Outputs, Outputs);
            _rowLosses[r] = _judge.LossAndGradient(Logits.Span((long)r * Outputs, Outputs), _rows.Target(batch[r], Outputs), errors);
            var share = (float)(_weights[r] / _weightSum);
            foreach (ref var error in errors)
                error *= share;
        }
    }
}
