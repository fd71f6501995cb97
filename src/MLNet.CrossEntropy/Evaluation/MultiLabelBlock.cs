using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>A multi-label model's rows: each label over its own answers, and each row over the answers that it has.</summary>
internal sealed class MultiLabelBlock
{
    private readonly RowSums[] _sums;

    public MultiLabelBlock(ScoredBlock rows)
    {
        OfLabel = [.. Enumerable.Range(0, rows.Width).Select(_ => EvaluatedBlock.OfBinary(rows))];
        OfRows = EvaluatedBlock.OfBinary(rows);
        _sums = new RowSums[rows.Capacity];
        (RowWeights, AllRight) = (new double[rows.Capacity], new double[rows.Capacity]);
    }

    /// <summary>The answers to each label.</summary>
    public EvaluatedBlock[] OfLabel { get; }

    /// <summary>
    /// The rows with an answer: losses are means over answers, hits the share of right ones, and a row weighs as much as the share of
    /// labels that it answers.
    /// </summary>
    public EvaluatedBlock OfRows { get; }

    /// <summary>Of each row in <see cref="OfRows"/>, its weight in the data.</summary>
    public double[] RowWeights { get; }

    /// <summary>
    /// Of each row in <see cref="OfRows"/>, its weight where every answer is right, 0 where not; with soft labels by shares.
    /// </summary>
    public double[] AllRight { get; }

    public void Clear() => Array.Clear(_sums);

    /// <summary>Adds a label's answers to their rows.</summary>
    public void Add(EvaluatedBlock answers)
    {
        foreach ((var source, var outcome, _) in answers.BadRows)
        {
            ref var bad = ref _sums[source];
            if (bad.Outcome is RowOutcome.Used or RowOutcome.MissingLabel)
                bad.Outcome = outcome;
        }
        for (var row = 0; row < answers.Count; row++)
        {
            ref var sums = ref _sums[answers.Sources[row]];
            sums.Answers++;
            sums.Loss += answers.Losses[row];
            sums.ClippedLoss += answers.ClippedLosses[row];
            sums.Right += answers.Hits[row];
            sums.AllRight = (sums.Answers == 1 ? 1 : sums.AllRight) * answers.Hits[row];
            sums.IsRounded |= answers.IsRounded(row);
        }
    }

    /// <summary>Makes rows of the answers added.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mustBeValid">Whether a row with an answer of an invalid score is bad.</param>
    public void Finish(ScoredBlock rows, bool mustBeValid = false)
    {
        OfRows.StartFrom(rows);
        for (var source = 0; source < rows.Count; source++)
        {
            ref var sums = ref _sums[source];
            var isUsed = sums.Answers > 0 && !(mustBeValid && sums.Outcome >= RowOutcome.NonFiniteScore);
            OfRows.Outcomes.Add(isUsed ? RowOutcome.Used : sums.Outcome, 1);
            if (!isUsed)
            {
                OfRows.BadRows.Add((source, sums.Outcome, false));
                continue;
            }
            var row = OfRows.Count;
            OfRows.Take(rows, source);
            RowWeights[row] = OfRows.Weights[row];
            AllRight[row] = RowWeights[row] * sums.AllRight;
            if (sums.Answers < OfLabel.Length)
                OfRows.Weights[row] *= (double)sums.Answers / OfLabel.Length;
            OfRows.Losses[row] = sums.Loss / sums.Answers;
            OfRows.ClippedLosses[row] = sums.ClippedLoss / sums.Answers;
            OfRows.Hits[row] = sums.Right / sums.Answers;
            if (sums.IsRounded)
                OfRows.MarkRounded(row);
        }
    }

    private struct RowSums
    {
        public int Answers;
        public double Loss;
        public double ClippedLoss;
        public double Right;
        public double AllRight;
        public bool IsRounded;
        public RowOutcome Outcome;
    }
}
