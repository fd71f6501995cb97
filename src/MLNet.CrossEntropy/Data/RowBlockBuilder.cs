using System.Numerics;
using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Data;

/// <summary>
/// Gathers labelled rows into blocks of a fixed number of rows, dense or sparse as the first rows' values say: what counts
/// is how many values are not zero, not how the rows were stored, so that the same data gives the same blocks.
/// </summary>
internal sealed class RowBlockBuilder(int features, bool weighted)
{
    /// <summary>Rows with fewer non-zero values than this share of the features are kept sparse.</summary>
    public const double SparseBelow = 0.25;

    // A block should take 1 to 4 MB: large enough to amortise what a block costs, small enough to spread over threads.
    private const int ValuesPerDenseBlock = 1 << 19;
    private const int NonZerosPerSparseBlock = 1 << 18;
    private const int MostRowsPerBlock = 1 << 16;

    // The rows by which the layout is chosen.
    private const int SampleRows = 1 << 12;

    private readonly List<RowBlock> _blocks = [];
    private readonly Stack<RowBlock> _spares = [];
    private SparseBlockWriter? _sample = new(features);
    private IBlockWriter? _writer;
    private int _rowsPerBlock = MostRowsPerBlock;
    private int[] _classes = new int[256];
    private float[] _weights = weighted ? new float[256] : [];
    private int _labelled;

    /// <summary>Adds a row: a value for each feature (<paramref name="indices"/> unused), or only those at <paramref name="indices"/>.</summary>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices, int label, float weight)
    {
        AddLabel(label, weight);
        (_writer ?? _sample!).Add(values, indices);
        if (_sample is not null && (_sample.Rows == SampleRows || _sample.NonZeros >= NonZerosPerSparseBlock))
            ChooseLayout();
        if (_writer?.Rows == _rowsPerBlock)
            TakeBlock(_writer);
    }

    /// <summary>The blocks that are full.</summary>
    public IReadOnlyList<RowBlock> Blocks => _blocks;

    /// <summary>The blocks of all rows added, the last of which may be smaller.</summary>
    public IReadOnlyList<RowBlock> Build()
    {
        if (_sample is not null)
            ChooseLayout();
        if (_writer!.Rows > 0)
            TakeBlock(_writer);
        return _blocks;
    }

    /// <summary>Takes the first <paramref name="count"/> blocks back, which nobody needs any more, to use their arrays again.</summary>
    public void Recycle(int count)
    {
        foreach (RowBlock block in _blocks.Take(count))
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

    private void ChooseLayout()
    {
        SparseBlockWriter sample = _sample!;
        _sample = null;
        double perRow = sample.NonZeros / (double)Math.Max(1, sample.Rows);
        if (perRow < SparseBelow * features)
        {
            _writer = sample;
            _rowsPerBlock = Math.Max(PowerOfTwo(NonZerosPerSparseBlock / perRow), PowerOfTwo(sample.Rows));
            return;
        }

        _rowsPerBlock = PowerOfTwo(ValuesPerDenseBlock / (double)features);
        _writer = new DenseBlockWriter(features, _rowsPerBlock);
        for (int row = 0; row < sample.Rows; row++)
        {
            (ReadOnlyMemory<float> values, ReadOnlyMemory<int> indices) = sample.Row(row);
            _writer.Add(values.Span, indices.Span);
            if (_writer.Rows == _rowsPerBlock)
                TakeBlock(_writer);
        }
    }

    /// <summary>The smallest power of two that is at least <paramref name="rows"/>, within 1 and the most rows a block may have.</summary>
    private static int PowerOfTwo(double rows)
        => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Math.Ceiling(rows), 1, MostRowsPerBlock));

    private void AddLabel(int label, float weight)
    {
        if (_labelled == _classes.Length)
        {
            Array.Resize(ref _classes, 2 * _labelled);
            if (weighted)
                Array.Resize(ref _weights, 2 * _labelled);
        }
        _classes[_labelled] = label;
        if (weighted)
            _weights[_labelled] = weight;
        _labelled++;
    }

    private void TakeBlock(IBlockWriter writer)
    {
        int rows = writer.Rows;
        _spares.TryPop(out RowBlock? spare);
        _blocks.Add(writer.TakeBlock(spare) with
        {
            Classes = SpareArray.Fill<int>(_classes.AsSpan(0, rows), spare?.Classes),
            Weights = weighted ? SpareArray.Fill<float>(_weights.AsSpan(0, rows), spare?.Weights) : null,
        });

        // While the sample is replayed, labels of later rows wait behind those just taken.
        _labelled -= rows;
        _classes.AsSpan(rows, _labelled).CopyTo(_classes);
        if (weighted)
            _weights.AsSpan(rows, _labelled).CopyTo(_weights);
    }
}
