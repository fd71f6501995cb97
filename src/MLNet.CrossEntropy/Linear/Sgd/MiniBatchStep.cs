using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// One SGD step of a linear model, and the model itself while it is being fitted. Dense and sparse rows differ in how logits
/// and gradients are summed; what they share is here: the batch's buffers and the loss of its rows.
/// </summary>
internal abstract partial class MiniBatchStep : IDisposable
{
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<double> _rowLosses;
    private readonly NativeBuffer<float> _targetWeights;
    private readonly NativeBuffer<UnitSums> _unitSums;
    private readonly NativeBuffer<float> _unitErrors;
    private readonly NativeBuffer<float> _errorSums;
    private readonly Action<int> _forwardPhase;
    private readonly int[] _labels;
    private readonly int[] _batch;
    private readonly int[] _next;
    private RowSet _rows = null!;
    private Purpose _purpose;
    private int _nextCount;
    private double _weightSum;
    private LogitLoss _judge;

    /// <param name="loss">The loss of a row.</param>
    /// <param name="outputs">The number of outputs K.</param>
    /// <param name="batchSize">Rows of a step.</param>
    /// <param name="unitRows">See <see cref="UnitRows"/>.</param>
    /// <param name="team">The threads.</param>
    protected MiniBatchStep(LogitLoss loss, int outputs, int batchSize, int unitRows, WorkerTeam team)
    {
        Loss = loss;
        _judge = loss;
        Outputs = outputs;
        BatchSize = batchSize;
        UnitRows = unitRows;
        Team = team;
        Logits = new NativeBuffer<float>((long)batchSize * outputs);
        Errors = new NativeBuffer<float>((long)batchSize * outputs);
        _weights = new NativeBuffer<float>(batchSize);
        _rowLosses = new NativeBuffer<double>(batchSize);
        _targetWeights = new NativeBuffer<float>(batchSize);
        _unitSums = new NativeBuffer<UnitSums>(Units(batchSize));
        _unitErrors = new NativeBuffer<float>((long)Units(batchSize) * outputs);
        _errorSums = new NativeBuffer<float>(outputs);
        _labels = new int[batchSize];
        _batch = new int[batchSize];
        _next = new int[batchSize];
        _forwardPhase = ForwardShare;
    }

    private enum Purpose
    {
        Judge,
        Certify,
        Step,
    }

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; }

    /// <summary>The number of outputs K.</summary>
    public int Outputs { get; }

    protected LogitLoss Loss { get; }

    protected WorkerTeam Team { get; }

    /// <summary>
    /// Rows that one member takes through logits, loss and, where the step can, gradient while they are in its cache. Their sums are added
    /// up first, and then those of units: always in the same order.
    /// </summary>
    protected int UnitRows { get; }

    /// <summary>The logits Z of the batch at hand, <c>[rows, outputs]</c>.</summary>
    protected NativeBuffer<float> Logits { get; }

    /// <summary>
    /// The gradient of each row's weighted loss in its logits, D <c>[rows, outputs]</c>; during a SAGA step its change since the row was
    /// last seen.
    /// </summary>
    protected NativeBuffer<float> Errors { get; }

    /// <summary>The sum of <see cref="Errors"/> over the batch's rows, <c>[outputs]</c>: the gradient in the biases.</summary>
    protected ReadOnlySpan<float> ErrorSums => _errorSums.AsSpan();

    /// <summary>The sum of the weights of the batch's rows; with machines that step together, of theirs.</summary>
    protected double BatchWeight => _weightSum;

    /// <summary>The weighted sum of the losses of the batch at hand.</summary>
    protected double BatchLoss { get; private set; }

    /// <summary>How many rows the batch at hand has.</summary>
    protected int Count { get; private set; }

    /// <summary>The batch at hand, as numbers of <see cref="BatchRows"/>.</summary>
    protected ReadOnlySpan<int> Batch => _batch.AsSpan(0, Count);

    /// <summary>The rows that the batch at hand is taken from.</summary>
    protected RowSet BatchRows => _rows;

    /// <summary>The hard labels of the batch at hand, where its rows have such.</summary>
    protected ReadOnlySpan<int> Labels => _labels;

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
        var loss = Forward(rows, batch, Purpose.Step);
        SumOverMachines(ref loss, ref _weightSum);
        if (_weightSum > 0 && double.IsFinite(loss))
            Update(rows, batch, learningRate);
        return (loss, _weightSum);
    }

    /// <summary>The weighted mean loss of some rows under the weights of now.</summary>
    public double MeanLoss(RowSet rows, int[] some) => Measure([rows], some, Purpose.Judge, static (_, _) => { }).Mean;

    /// <summary>How the weights of now do on rows that are only judged, by <see cref="LogitLoss.LogLoss"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested before the end.</exception>
    public ValidationLoss Judge(RowSet rows, CancellationToken cancellation)
    {
        var moments = new WeightedMoments();
        _judge = Loss.LogLoss;
        try
        {
            var (mean, _) = Measure([rows], null, Purpose.Judge, (_, batch) =>
            {
                cancellation.ThrowIfCancellationRequested();
                for (var r = 0; r < batch.Length; r++)
                {
                    if (_targetWeights[r] > 0 && _weights[r] > 0)
                        moments.Add(_rowLosses[r] / _targetWeights[r], _weights[r] * _targetWeights[r]);
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
        var (mean, weight) = Measure(chunks, null, Purpose.Certify, (set, batch) =>
        {
            AddGradient(set, batch, weightGradient);
            for (var k = 0; k < Outputs; k++)
                biasGradient[k] += ErrorSums[k];
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

    /// <summary>The optimizer's own state, such as its momentum, is again the one that was saved; weights and SAGA's memory stay.</summary>
    public virtual void RestartOptimizer()
    {
    }

    /// <summary>Keeps the state of now, to come back to.</summary>
    public abstract void Save();

    /// <summary>Comes back to the state that was saved last.</summary>
    public abstract void Restore();

    /// <summary>All that the next steps depend on, exactly as it is.</summary>
    public virtual void Exchange(StateExchange state) => Table?.Exchange(state);

    public virtual void Dispose()
    {
        Logits.Dispose();
        Errors.Dispose();
        _weights.Dispose();
        _rowLosses.Dispose();
        _targetWeights.Dispose();
        _unitSums.Dispose();
        _unitErrors.Dispose();
        _errorSums.Dispose();
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

    /// <summary>Computes the gradient of a unit, the batch's rows <c>[from, to)</c>, given their errors, if the step does that unit by unit.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="from">The unit's first row.</param>
    /// <param name="to">The row after its last.</param>
    /// <param name="ahead">The rows of the unit that the member will come to next.</param>
    protected virtual void ComputeGradient(RowSet rows, int from, int to, ReadOnlySpan<int> ahead)
    {
    }

    /// <summary>Called when a member has computed the gradients of its units <c>[first, end)</c>.</summary>
    protected virtual void EndUnits(int first, int end)
    {
    }

    /// <summary>Makes the gradient of the batch, its loss and its weight those of all machines (see <see cref="IGradientSum"/>).</summary>
    protected virtual void SumOverMachines(ref double loss, ref double weight)
    {
    }

    /// <summary>Moves the weights, given <see cref="Errors"/>.</summary>
    protected abstract void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate);

    /// <summary>Adds the raw-feature gradient of the batch, given <see cref="Errors"/>, in the order of <see cref="RawWeights"/>.</summary>
    protected abstract void AddGradient(RowSet rows, ReadOnlySpan<int> batch, NativeBuffer<float> weightGradient);

    /// <summary>The units of so many rows.</summary>
    protected int Units(int rows) => (rows + UnitRows - 1) / UnitRows;

    private delegate void BatchVisitor(RowSet rows, ReadOnlySpan<int> batch);

    private (double Mean, double Weight) Measure(IEnumerable<RowSet> chunks, int[]? some, Purpose purpose, BatchVisitor visit)
    {
        CompensatedSum loss = default, weight = default;
        var numbers = new int[BatchSize];
        _nextCount = 0;
        foreach (var rows in chunks)
        {
            var count = some?.Length ?? rows.Rows;
            for (var from = 0; from < count; from += BatchSize)
            {
                var batch = numbers.AsSpan(0, Math.Min(BatchSize, count - from));
                for (var r = 0; r < batch.Length; r++)
                    batch[r] = some is null ? from + r : some[from + r];
                loss.Add(Forward(rows, batch, purpose));
                weight.Add(_weightSum);
                visit(rows, batch);
            }
        }

        return (loss.Value / weight.Value, weight.Value);
    }
}
