namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Which of some rows are held out together. Rows of a group stay together, and each class is shared out evenly, by weight, so that
/// every fold has about its share (stratified folds).
/// </summary>
internal sealed class HeldOutFolds
{
    private readonly IReadOnlyList<RowBlock> _blocks;
    private readonly int _outputs;
    private readonly int[] _foldOf;

    /// <param name="blocks">The rows.</param>
    /// <param name="outputs">The outputs of a target.</param>
    /// <param name="count">How many folds.</param>
    /// <param name="seed">Decides who is with whom.</param>
    public HeldOutFolds(IReadOnlyList<RowBlock> blocks, int outputs, int count, int seed)
    {
        (_blocks, _outputs) = (blocks, outputs);
        _foldOf = new int[blocks.Sum(block => block.Rows)];
        var units = Units();
        AreSeveral = units.Count > 1;
        var order = new RowOrder(units.Count, seed);
        order.NextEpoch();
        var total = new double[count];
        Dictionary<int, double[]> ofClass = [];
        foreach (var unit in order.Batch(0, units.Count))
        {
            var (kind, weight, rows) = units[unit];
            if (!ofClass.TryGetValue(kind, out var loads))
                ofClass[kind] = loads = new double[count];
            var fold = 0;
            for (var f = 1; f < count; f++)
            {
                if ((loads[f], total[f]).CompareTo((loads[fold], total[fold])) < 0)
                    fold = f;
            }

            loads[fold] += weight;
            total[fold] += weight;
            foreach (var row in rows)
                _foldOf[row] = fold;
        }
    }

    /// <summary>Whether there are rows of more than one group: else a fold leaves no rows to train on.</summary>
    public bool AreSeveral { get; }

    /// <summary>The rows outside of a fold, or, <paramref name="isHeldOut"/>, those in it; the others weigh 0.</summary>
    public IReadOnlyList<RowBlock> Rows(int fold, bool isHeldOut)
    {
        var first = 0;
        return [.. _blocks.Select(block =>
        {
            var weights = new float[block.Rows];
            for (var r = 0; r < block.Rows; r++)
                weights[r] = _foldOf[first + r] == fold == isHeldOut ? block.Weights?[r] ?? 1 : 0;
            first += block.Rows;
            return block with { Weights = weights };
        })];
    }

    /// <summary>What goes into one fold: a group's rows, or one row; with the class of the first, and their weight.</summary>
    private List<(int Kind, double Weight, List<int> Rows)> Units()
    {
        List<(int Kind, double Weight, List<int> Rows)> units = [];
        Dictionary<ulong, int> ofGroup = [];
        var row = 0;
        foreach (var block in _blocks)
        {
            for (var r = 0; r < block.Rows; r++, row++)
            {
                double weight = block.Weights?[r] ?? 1;
                if (block.Groups is { } groups && groups[r] != 0)
                {
                    if (ofGroup.TryGetValue(groups[r], out var unit))
                    {
                        units[unit].Rows.Add(row);
                        units[unit] = units[unit] with { Weight = units[unit].Weight + weight };
                        continue;
                    }

                    ofGroup[groups[r]] = units.Count;
                }

                units.Add((KindOf(block, r), weight, [row]));
            }
        }

        return units;
    }

    /// <summary>The class of a row; of several shares the largest.</summary>
    private int KindOf(RowBlock block, int row)
    {
        if (block.Classes is { } classes)
            return classes[row];
        var target = block.Targets.AsSpan(row * _outputs, _outputs);
        if (_outputs == 1)
            return target[0] > 0.5f ? 1 : 0;
        var largest = 0;
        for (var k = 1; k < _outputs; k++)
            largest = target[k] > target[largest] ? k : largest;
        return largest;
    }
}
