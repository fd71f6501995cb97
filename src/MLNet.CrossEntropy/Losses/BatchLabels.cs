using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>The labels of N rows over K classes: one class a row, or one distribution a row.</summary>
internal readonly ref struct BatchLabels<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<int> _hard;
    private readonly int? _ignored;
    private readonly ReadOnlySpan<T> _soft;

    /// <summary>Hard labels [N]; negative ones and <paramref name="ignored"/> stand for rows without a label.</summary>
    public BatchLabels(int logits, ReadOnlySpan<int> labels, int? ignored)
    {
        if (labels.IsEmpty ? logits > 0 : logits == 0 || logits % labels.Length > 0)
            Throw.LogitsDoNotFitLabels(logits, labels.Length);
        _hard = labels;
        _ignored = ignored;
        (Rows, Classes) = (labels.Length, labels.IsEmpty ? 0 : logits / labels.Length);
    }

    /// <summary>Soft labels [N x K].</summary>
    public BatchLabels(int logits, Target<T> targets, int classes)
    {
        if (classes < 1 || logits % classes > 0)
            Throw.LogitsDoNotFitClasses(logits, classes);
        Throw.IfLengthsDiffer(logits, targets.Values.Length, nameof(logits), "target");
        _soft = targets.Values;
        (Rows, Classes) = (logits / classes, classes);
    }

    /// <summary>N.</summary>
    public int Rows { get; }

    /// <summary>K.</summary>
    public int Classes { get; }

    /// <summary>The class of a row; -1 where it has none or its label is soft.</summary>
    public int HardLabel(int row) => _hard.IsEmpty || _hard[row] == _ignored ? -1 : _hard[row];

    /// <summary>The distribution of a row; empty where its label is hard.</summary>
    public ReadOnlySpan<T> SoftLabel(int row) => _soft.IsEmpty ? default : _soft.Slice(row * Classes, Classes);
}
