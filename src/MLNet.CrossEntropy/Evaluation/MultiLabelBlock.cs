using MLNet.CrossEntropy.MLNet;


namespace MLNet.CrossEntropy.Evaluation;

/// <summary>A multi-label model's rows, judged label by label and as a whole.</summary>
internal sealed class MultiLabelBlock
{
    public MultiLabelBlock(ScoredBlock rows)
    {
        OfLabel = new EvaluatedBlock[rows.Width];
        for (var label = 0; label < OfLabel.Length; label++)
            OfLabel[label] = EvaluatedBlock.OfBinary(rows);
        (Wrong, AllRight) = (new double[rows.Capacity], new double[rows.Capacity]);
        (Losses, ClippedLosses) = (new double[rows.Capacity], new double[rows.Capacity]);
    }

    /// <summary>The rows as each label has them; the first tells what became of all rows.</summary>
    public EvaluatedBlock[] OfLabel { get; }

    /// <summary>The mean loss over labels.</summary>
    public double[] Losses { get; }

    /// <summary>The mean clipped loss over labels.</summary>
    public double[] ClippedLosses { get; }

    /// <summary>The share of wrong answers.</summary>
    public double[] Wrong { get; }

    /// <summary>1 where every answer is right, 0 where not; a product of shares with soft labels.</summary>
    public double[] AllRight { get; }
}
