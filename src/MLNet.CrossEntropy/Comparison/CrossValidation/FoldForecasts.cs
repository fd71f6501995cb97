using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>What a fold's model says about the rows that it has not seen, in the order of its own classes.</summary>
internal sealed class FoldForecasts
{
    private FoldForecasts(int rows, int width, bool hasTargets, string[]? names, bool hasProbabilities)
    {
        HasProbabilities = hasProbabilities;
        (Names, Labels, Weights, Width) = (names, new int[rows], new double[rows], width);
        (Scores, Targets, OtherLabels) = (new float[rows * width], hasTargets ? new double[rows * width] : null, new string?[rows]);
    }

    /// <summary>The names of the classes; null where they have none.</summary>
    public string[]? Names { get; }

    /// <inheritdoc cref="ScoredRowReader.HasProbabilities"/>
    public bool HasProbabilities { get; }

    /// <summary>The index of the true class, or one of the marks of <see cref="ScoreClasses"/>.</summary>
    public int[] Labels { get; }

    /// <summary>The true class by its name where this fold's model does not know it, and others do.</summary>
    public string?[] OtherLabels { get; }

    public double[] Weights { get; }

    /// <summary>The scores of a row: one a class, or of a binary model probability and raw score.</summary>
    public int Width { get; }

    /// <summary>The scores, row after row.</summary>
    public float[] Scores { get; }

    /// <summary>The class shares of soft labels, row after row; null where labels are hard.</summary>
    public double[]? Targets { get; }

    /// <summary>The rows whose label says nothing to this fold's model: there is none, or it is of a class that no training row
    /// has.</summary>
    public IEnumerable<int> Unresolved => Enumerable.Range(0, Labels.Length)
        .Where(i => OtherLabels[i] is null && Labels[i] is ScoreClasses.Missing or ScoreClasses.Unknown);

    /// <summary>Reads all rows.</summary>
    /// <exception cref="InvalidOperationException">There are more or fewer than the fold has.</exception>
    public static FoldForecasts Read(ScoredRowReader rows, int expected)
    {
        var block = rows.NewBlock();
        FoldForecasts forecasts = new(
            expected, block.Width, block.HasSoftLabels, rows.ClassesAreNamed ? rows.ClassNames : null, rows.HasProbabilities);
        var row = 0;
        while (rows.Read(block))
        {
            for (var i = 0; i < block.Count; i++, row++)
            {
                if (row == expected)
                    throw ComparisonErrors.RowsAddedOrLost(expected, $"more than {expected}");
                forecasts.Take(block, i, row);
            }
        }
        return row == expected ? forecasts : throw ComparisonErrors.RowsAddedOrLost(expected, $"{row}");
    }

    private void Take(ScoredBlock block, int from, int to)
    {
        (Labels[to], Weights[to]) = (block.Labels[from], block.Weights[from]);
        block.Scores(from).CopyTo(Scores.AsSpan(to * Width));
        if (Targets is not null && Labels[to] == ScoreClasses.Soft)
            block.Target(from).CopyTo(Targets.AsSpan(to * Width));
    }
}
