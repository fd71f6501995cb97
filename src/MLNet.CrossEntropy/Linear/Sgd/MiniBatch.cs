using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// One SGD step after the other on a linear model, which is the step's own: dense and sparse rows differ in how gradients move weights.
/// </summary>
internal interface ISgdStep : IDisposable
{
    /// <summary>The raw weights of now.</summary>
    LinearWeights Weights { get; }

    /// <summary>
    /// Moves the weights against the gradient of the batch's weighted mean loss plus penalties. A batch of zero weight is no step.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="batch">The rows of this step.</param>
    /// <param name="rate">The length of the step.</param>
    /// <param name="next">Those of the step after, if they are known: only to have them in the cache by then.</param>
    /// <returns>The sums over the batch, by the weights before the step.</returns>
    LossSums Take(RowSet rows, ReadOnlySpan<int> batch, double rate, ReadOnlySpan<int> next = default);

    /// <summary>
    /// SAGA only: the norm of the objective's gradient in the biases and in the weights scaled by the features' ordinary values (which a
    /// value far out does not hide), as the memory of the rows has it; and by it the most that the objective can lie above its minimum,
    /// as <see cref="OptimalityCertificate.GapBound"/> has it.
    /// </summary>
    (double Norm, double GapBound) RememberedGradient();

    /// <summary>Keeps the state of now, to come back to.</summary>
    void Save();

    /// <summary>Comes back to the state that was saved last; SAGA's memory is empty then.</summary>
    void Restore();

    /// <summary>The rule's own state, such as its momentum, is again the one that was saved; weights and SAGA's memory stay.</summary>
    void RestartRule()
    {
    }

    /// <summary>All that the next steps depend on, exactly as it is.</summary>
    void Serialize(StateStream state);
}

/// <summary>
/// The rows of a step: their numbers, logits, losses and errors, cut into units of rows that one thread takes from features to errors
/// (and to their gradient, where the step can) while they are in its cache. Sums of units are added in order: threads change no bit.
/// </summary>
internal sealed class MiniBatch : IDisposable
{
    // A batch whose rows weigh less than this share of the mean row takes a shorter step than its own mean would.
    private const double LightShare = 1.0 / 64;

    private readonly LogitLoss _loss;
    private readonly int _outputs;
    private readonly RowSummary _summary;
    private readonly WorkerTeam _team;
    private readonly SagaMemory? _memory;
    private readonly int[] _numbers;
    private readonly int[] _next;
    private readonly LossSums[] _unitSums;
    private readonly NativeBuffer<float> _unitErrors;
    private readonly double _lightRow;
    private int _nextCount;
    private bool _isRemembered;

    /// <param name="objective">What is minimised.</param>
    /// <param name="size">Rows at most.</param>
    /// <param name="unitRows">Rows of a unit.</param>
    /// <param name="memory">SAGA's memory, which makes errors their change since the row was last seen; null for plain SGD.</param>
    public MiniBatch(LinearObjective objective, int size, int unitRows, SagaMemory? memory)
    {
        (_loss, _outputs, UnitRows, _memory, _team) = (objective.Loss, objective.Outputs, unitRows, memory, objective.Team);
        _summary = objective.Summary;
        _lightRow = LightShare * objective.Summary.TargetWeight / objective.Summary.Rows;
        Logits = new NativeBuffer<float>((long)size * _outputs);
        Errors = new NativeBuffer<float>((long)size * _outputs);
        ErrorSums = new float[_outputs];
        var units = (size + unitRows - 1) / unitRows;
        _unitSums = new LossSums[units];
        _unitErrors = new NativeBuffer<float>((long)units * _outputs);
        _numbers = new int[size];
        _next = new int[size];
    }

    public int UnitRows { get; }

    /// <summary>The logits Z <c>[rows, outputs]</c>.</summary>
    public NativeBuffer<float> Logits { get; }

    /// <summary>The gradient of each row's weighted loss in its logits, D <c>[rows, outputs]</c>; with SAGA, its change.</summary>
    public NativeBuffer<float> Errors { get; }

    /// <summary>The sum of the errors over the rows: the gradient in the biases.</summary>
    public float[] ErrorSums { get; }

    public RowSet Rows { get; private set; } = null!;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, Count);

    /// <summary>The rows of the next step, if they are known.</summary>
    public ReadOnlySpan<int> Next => _next.AsSpan(0, _nextCount);

    public int Units => UnitsOf(Count);

    /// <summary>Takes up the rows of a step: at most as many as there is room for, of the objective's form.</summary>
    public void Load(RowSet rows, ReadOnlySpan<int> numbers, ReadOnlySpan<int> next, bool isStep = true)
    {
        rows.Require(_summary.Features, _summary.IsSparse);
        Rows = rows;
        (Count, _nextCount, _isRemembered) = (numbers.Length, next.Length, isStep && _memory is not null);
        numbers.CopyTo(_numbers);
        next.CopyTo(_next);
        _team.Adapt();
    }

    /// <summary>The rows of a unit, as places in the batch.</summary>
    public (int From, int To) Unit(int unit) => (unit * UnitRows, Math.Min((unit + 1) * UnitRows, Count));

    /// <summary>
    /// The rows of the unit that a member comes to after <paramref name="unit"/>, its share ending before <paramref name="end"/>.
    /// </summary>
    public ReadOnlySpan<int> Ahead(int member, int unit, int end)
    {
        var rows = unit + 1 < end ? Numbers : Next;
        var from = Math.Min((unit + 1 < end ? unit + 1 : _team.Share(member, UnitsOf(_nextCount)).From) * UnitRows, rows.Length);
        return rows.Slice(from, Math.Min(UnitRows, rows.Length - from));
    }

    /// <summary>Losses, errors and weights of a unit whose logits are there.</summary>
    public void ComputeErrors(int unit)
    {
        var (from, to) = Unit(unit);
        int length = (to - from) * _outputs;
        Span<float> logits = Logits.Span((long)from * _outputs, length), errors = Errors.Span((long)from * _outputs, length);
        var sums = _unitErrors.Span((long)unit * _outputs, _outputs);
        _unitSums[unit] = RowLosses.Compute(_loss, Rows, RowNumbers.Of(Numbers[from..to]), _outputs, logits, errors);
        sums.Clear();
        for (var r = from; r < to; r++)
        {
            var own = errors.Slice((r - from) * _outputs, _outputs);
            if (_isRemembered)
                _memory!.Replace(_numbers[r], own);
            SparseKernels.Axpy(1, own, sums);
        }
    }

    /// <summary>The sums over all units; <see cref="ErrorSums"/> from then on.</summary>
    public LossSums Sum()
    {
        var sums = default(LossSums);
        Array.Clear(ErrorSums);
        for (var unit = 0; unit < Units; unit++)
        {
            sums.Loss += _unitSums[unit].Loss;
            sums.Weight += _unitSums[unit].Weight;
            for (var k = 0; k < _outputs; k++)
                ErrorSums[k] += _unitErrors[(long)unit * _outputs + k];
        }

        return sums;
    }

    /// <summary>Of a cluster, the sums over the part of a batch that each share has, summed over the shares of all ranks.</summary>
    /// <param name="shares">The shares.</param>
    /// <param name="batch">The rows of this rank, which rise.</param>
    /// <param name="length">The length of the gradient.</param>
    /// <param name="take">Computes losses and errors of some of them, as <see cref="Load"/> and <see cref="Sum"/> do.</param>
    /// <param name="addGradient">Adds the gradient of those that were taken.</param>
    public (LossSums Sums, int Rows, float[] Errors, float[] Gradient) SumShares(
        RowShares shares, ReadOnlySpan<int> batch, int length, Func<ReadOnlySpan<int>, LossSums> take, Action<Memory<double>> addGradient)
    {
        int gradient = 3 + _outputs, place = 0;
        int[] numbers = batch.ToArray();
        var total = shares.Sum(gradient + length, (share, values) =>
        {
            var from = place;
            while (place < numbers.Length && numbers[place] < share.To)
                place++;
            if (place == from)
                return;
            (values[0], values[1]) = take(numbers.AsSpan(from, place - from));
            values[2] = place - from;
            for (var k = 0; k < _outputs; k++)
                values[3 + k] = ErrorSums[k];
            addGradient(values.AsMemory(gradient, length));
        });
        // One number more tells of cancellation.
        float[] sums = [.. total.Skip(3).Take(_outputs + length).Select(sum => (float)sum)];
        return (new LossSums(total[0], total[1]), (int)total[2], sums[.._outputs], sums[_outputs..]);
    }

    /// <summary>
    /// The factor from the sum of a batch's gradients to their mean, or to less where its rows are so light beside others that a full step
    /// for them would undo what the objective gains by the others' steps.
    /// </summary>
    /// <param name="sums">The sums over the batch.</param>
    /// <param name="rows">Its rows.</param>
    public float MeanFactor(LossSums sums, int rows) => (float)(1 / Math.Max(sums.Weight, rows * _lightRow));

    public void Dispose()
    {
        Logits.Dispose();
        Errors.Dispose();
        _unitErrors.Dispose();
    }

    private int UnitsOf(int rows) => (rows + UnitRows - 1) / UnitRows;
}

/// <summary>The order in which epochs visit rows.</summary>
internal interface IRowOrder
{
    /// <summary>How many places there are.</summary>
    int Count { get; }

    /// <summary>
    /// At most <paramref name="size"/> rows of the epoch at hand, from place <paramref name="from"/> on; at its end none.
    /// </summary>
    ReadOnlySpan<int> Batch(int from, int size);

    /// <summary>The order of the next epoch.</summary>
    void Shuffle();

    /// <summary>How often the rows have been shuffled, of which their order follows: it is not to be had from a file.</summary>
    /// <param name="state">The stream.</param>
    /// <param name="most">How often they can have been, at most.</param>
    void Serialize(StateStream state, long most);
}

/// <summary>The order in which an epoch visits the rows: a fresh permutation each epoch, decided by the seed alone.</summary>
internal sealed class RowOrder : IRowOrder
{
    private readonly int[] _rows;
    private readonly int _seed;
    private ulong _state;
    private long _shuffles;

    public RowOrder(int rows, int seed)
    {
        (_rows, _seed) = (new int[rows], seed);
        Begin();
    }

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Length;

    /// <summary>
    /// At most <paramref name="size"/> rows of the epoch at hand, from place <paramref name="from"/> on; at its end none.
    /// </summary>
    public ReadOnlySpan<int> Batch(int from, int size) => _rows.AsSpan(from, Math.Min(size, _rows.Length - from));

    public void Shuffle() => NextEpoch();

    /// <summary>The row numbers of the next epoch. The same array is used again for the epoch after.</summary>
    public ReadOnlySpan<int> NextEpoch()
    {
        _shuffles++;
        // Fisher-Yates.
        for (var i = _rows.Length - 1; i > 0; i--)
        {
            var j = (int)Math.BigMul(SplitMix64.Mix(_state += SplitMix64.Gamma), (ulong)i + 1, out _);
            (_rows[i], _rows[j]) = (_rows[j], _rows[i]);
        }

        return _rows;
    }

    /// <summary>How often the rows have been shuffled, of which their order follows: it is not to be had from a file.</summary>
    /// <param name="state">The stream.</param>
    /// <param name="most">How often they can have been, at most.</param>
    public void Serialize(StateStream state, long most)
    {
        var shuffles = _shuffles;
        state.Value(ref shuffles, 0, most);
        if (state.IsReading)
            ShuffleTo(shuffles);
    }

    /// <summary>Shuffles from the beginning, as often as another has been.</summary>
    public void ShuffleLike(RowOrder other) => ShuffleTo(other._shuffles);

    private void ShuffleTo(long shuffles)
    {
        if (_shuffles == shuffles)
            return;
        Begin();
        while (_shuffles < shuffles)
            NextEpoch();
    }

    private void Begin()
    {
        for (var i = 0; i < _rows.Length; i++)
            _rows[i] = i;
        (_state, _shuffles) = ((uint)_seed, 0);
    }
}
