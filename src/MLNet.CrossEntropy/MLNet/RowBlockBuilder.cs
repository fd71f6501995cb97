using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Gathers labelled rows into blocks of a fixed number of rows, dense or sparse as the first rows' values say: what counts
/// is how many values are not zero, not how the rows were stored, so that the same data gives the same blocks.
/// </summary>
/// <param name="features">The features of a row.</param>
/// <param name="weighted">Whether rows have weights of their own.</param>
/// <param name="targetWidth">The numbers of a row's target; 0 where it is the index of a class.</param>
/// <param name="isCentred">Whether large means of dense features are subtracted, as the first rows say.</param>
/// <param name="isGrouped">Whether rows have groups.</param>
internal sealed class RowBlockBuilder(
    int features, bool weighted, int targetWidth = 0, bool isCentred = true, bool isGrouped = false)
{
    /// <summary>Rows with fewer non-zero values than this share of the features are kept sparse.</summary>
    public const double SparseBelow = 0.25;

    // A block should take 1 to 4 MB: large enough to amortise what a block costs, small enough to spread over threads.
    private const int ValuesPerDenseBlock = 1 << 19;
    private const int NonZerosPerSparseBlock = 1 << 18;
    private const int TargetsPerBlock = 1 << 20;
    private const int MostRowsPerBlock = 1 << 16;

    // The rows by which the layout is chosen.
    private const int SampleRows = 1 << 12;

    private readonly List<RowBlock> _blocks = [];
    private readonly Stack<RowBlock> _spares = [];
    private SparseBlockWriter? _sample = new(features);
    private IBlockWriter? _writer;
    private readonly int _mostRows = MostRows(targetWidth);
    private int _rowsPerBlock = MostRowsPerBlock;
    private int[] _classes = targetWidth == 0 ? new int[FirstRoom(targetWidth)] : [];
    private float[] _targets = new float[FirstRoom(targetWidth) * targetWidth];
    private float[] _weights = weighted ? new float[FirstRoom(targetWidth)] : [];
    private ulong[] _groups = isGrouped ? new ulong[FirstRoom(targetWidth)] : [];
    private int _room = FirstRoom(targetWidth);
    private int _labelled;

    /// <summary>
    /// Adds a row: a value for each feature (<paramref name="indices"/> unused), or only those at <paramref name="indices"/>.
    /// </summary>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices, RowTarget target, float weight, ulong group = 0)
    {
        AddLabel(target, weight, group);
        (_writer ?? _sample!).Add(values, indices);
        if (_sample is not null && (_sample.Rows == SampleRows || _sample.NonZeros >= NonZerosPerSparseBlock || _labelled >= _mostRows))
            ChooseLayout(areAll: false);
        if (_writer?.Rows == _rowsPerBlock)
            TakeBlock(_writer);
    }

    /// <summary>The blocks that are full.</summary>
    public IReadOnlyList<RowBlock> Blocks => _blocks;

    /// <summary>The blocks of all rows added, the last of which may be smaller; at least one.</summary>
    public IReadOnlyList<RowBlock> Build()
    {
        if (_sample is not null)
            ChooseLayout(areAll: true);
        if (_writer!.Rows > 0 || _blocks.Count == 0)
            TakeBlock(_writer);
        _writer.Release();
        return _blocks;
    }

    /// <summary>Takes the first <paramref name="count"/> blocks back, which nobody needs any more, to use their arrays again.</summary>
    public void Recycle(int count)
    {
        foreach (var block in _blocks.Take(count))
            _spares.Push(block);
        _blocks.RemoveRange(0, count);
    }

    /// <summary>Forgets all rows, but not the layout and the arrays they made necessary.</summary>
    public void Restart()
    {
        Recycle(_blocks.Count);
        _labelled = 0;
        (_writer ?? _sample!).Clear();
    }

    private void ChooseLayout(bool areAll)
    {
        var sample = _sample!;
        _sample = null;
        var perRow = sample.NonZeros / (double)Math.Max(1, sample.Rows);
        if (perRow < SparseBelow * features)
        {
            _writer = sample;
            _rowsPerBlock = Math.Max(PowerOfTwo(NonZerosPerSparseBlock / perRow), PowerOfTwo(sample.Rows));
            return;
        }

        _rowsPerBlock = PowerOfTwo(ValuesPerDenseBlock / (double)features);
        var room = areAll ? Math.Min(_rowsPerBlock, sample.Rows) : _rowsPerBlock;
        _writer = new DenseBlockWriter(features, _rowsPerBlock, room, isCentred ? CentreOf(sample) : null);
        for (var row = 0; row < sample.Rows; row++)
        {
            (var values, var indices) = sample.Row(row);
            _writer.Add(values.Span, indices.Span);
            if (_writer.Rows == _rowsPerBlock)
                TakeBlock(_writer);
        }
        sample.Release();
    }

    /// <summary>The means of features that are large beside their variation, 0 for others; null where there are none such.</summary>
    private float[]? CentreOf(SparseBlockWriter sample)
    {
        double[] means = new double[features], squares = new double[features];
        var zeros = new int[features];
        zeros.AsSpan().Fill(sample.Rows);
        ForEach((j, value) => (means[j], zeros[j]) = (means[j] + value / (double)sample.Rows, zeros[j] - 1));
        ForEach((j, value) => squares[j] += (value - means[j]) * (value - means[j]));

        float[] centre = [.. means.Select((mean, j) =>
            RowBlock.IsLargeMean(mean, (squares[j] + zeros[j] * mean * mean) / sample.Rows) ? (float)mean : 0)];
        return centre.Any(mean => mean != 0) ? centre : null;

        void ForEach(Action<int, float> look)
        {
            for (var row = 0; row < sample.Rows; row++)
            {
                var (values, indices) = sample.Row(row);
                for (var i = 0; i < values.Length; i++)
                    look(indices.Span[i], values.Span[i]);
            }
        }
    }

    private static int FirstRoom(int targetWidth) => Math.Min(256, MostRows(targetWidth));

    private static int MostRows(int targetWidth)
        => targetWidth == 0
            ? MostRowsPerBlock
            : Math.Min(MostRowsPerBlock, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, TargetsPerBlock / targetWidth)));

    /// <summary>The smallest power of two that is at least <paramref name="rows"/>, within 1 and the most rows a block may have.</summary>
    private int PowerOfTwo(double rows)
        => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Math.Ceiling(rows), 1, _mostRows));

    private void AddLabel(RowTarget target, float weight, ulong group)
    {
        if (_labelled == _room)
            MakeRoom();
        if (targetWidth == 0)
            _classes[_labelled] = target.ClassIndex;
        else
            target.Vector.CopyTo(_targets.AsSpan(_labelled * targetWidth, targetWidth));
        if (weighted)
            _weights[_labelled] = weight;
        if (isGrouped)
            _groups[_labelled] = group;
        _labelled++;
    }

    private void MakeRoom()
    {
        _room *= 2;
        if (targetWidth == 0)
            Array.Resize(ref _classes, _room);
        else
            Array.Resize(ref _targets, checked(_room * targetWidth));
        if (weighted)
            Array.Resize(ref _weights, _room);
        if (isGrouped)
            Array.Resize(ref _groups, _room);
    }

    private void TakeBlock(IBlockWriter writer)
    {
        var rows = writer.Rows;
        _spares.TryPop(out var spare);
        _blocks.Add(writer.TakeBlock(spare) with
        {
            Classes = targetWidth == 0 ? SpareArray.Fill<int>(_classes.AsSpan(0, rows), spare?.Classes) : null,
            Targets = targetWidth == 0 ? null : SpareArray.Fill<float>(_targets.AsSpan(0, rows * targetWidth), spare?.Targets),
            Weights = weighted ? SpareArray.Fill<float>(_weights.AsSpan(0, rows), spare?.Weights) : null,
            Groups = isGrouped ? SpareArray.Fill<ulong>(_groups.AsSpan(0, rows), spare?.Groups) : null,
        });

        // While the sample is replayed, labels of later rows wait behind those just taken.
        _labelled -= rows;
        if (targetWidth == 0)
            _classes.AsSpan(rows, _labelled).CopyTo(_classes);
        else
            _targets.AsSpan(rows * targetWidth, _labelled * targetWidth).CopyTo(_targets);
        if (weighted)
            _weights.AsSpan(rows, _labelled).CopyTo(_weights);
        if (isGrouped)
            _groups.AsSpan(rows, _labelled).CopyTo(_groups);
    }
}
