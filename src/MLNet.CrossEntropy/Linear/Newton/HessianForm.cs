using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What of a Hessian is worth its factorisation: all of it where there are few parameters or outputs do not know of each other, else one
/// block an output, and the diagonal alone where there are very many features. And what that costs, in multiplications.
/// </summary>
internal readonly struct HessianForm
{
    // The most parameters of a softmax whose whole Hessian is worth it, and the most numbers of all blocks.
    private const int MostCoupled = 2_000;
    private const long MostFactors = 1L << 23;

    // Summing up the curvature of rows may cost as much as so many passes over them.
    private const double WorthInPasses = 12;
    private const int RowsPerParameter = 4;

    // Besides two products with each value a pass computes the loss of each logit; and doubles are slower than floats.
    private const double CostOfLogit = 30;
    private const double CostOfDouble = 4;
    private const int PassesOfStep = 3;

    private readonly RowSummary _rows;

    public HessianForm(LogitLoss loss, int outputs, RowSummary rows, bool mayHaveBlocks = true)
    {
        (_rows, Outputs) = (rows, outputs);
        var size = rows.Features + 1L;
        // In double: of features beyond number the product is beyond a long.
        var whole = (double)size * size * outputs;
        var areIndependent = outputs == 1 || loss.HasIndependentOutputs;
        IsCoupled = !areIndependent && (outputs - 1) * size <= MostCoupled;
        IsWhole = (areIndependent && whole <= MostFactors) || IsCoupled;
        var isDiagonal = !IsWhole && !(mayHaveBlocks && whole <= MostFactors);
        Directions = IsCoupled ? outputs - 1 : outputs;
        BlockSize = isDiagonal ? 1 : (int)size * (IsCoupled ? Directions : 1);
        Weights = IsCoupled ? outputs * Directions / 2 : outputs;
        Factors = isDiagonal ? outputs * size : BlockSize * (long)BlockSize * (IsCoupled ? 1 : outputs);
    }

    public int Outputs { get; }

    /// <summary>Directions of the logits that are curved: each output, but of coupled ones all but their mean.</summary>
    public int Directions { get; }

    /// <summary>Whether outputs are together in one block.</summary>
    public bool IsCoupled { get; }

    /// <summary>Whether it is all of the Hessian.</summary>
    public bool IsWhole { get; }

    /// <summary>The size of a block; 1 where there is the diagonal alone.</summary>
    public int BlockSize { get; }

    /// <summary>The second derivatives of a row: of each pair of directions, or of each output.</summary>
    public int Weights { get; }

    /// <summary>How many numbers its factors are, in double.</summary>
    public long Factors { get; }

    /// <summary>How many numbers the sums of pairs are, from which the factors of coupled outputs are made, in double.</summary>
    public long Sums => IsCoupled ? Weights * (_rows.Features + 1L) * (_rows.Features + 1L) : 0;

    /// <summary>How many rows are worth summing up.</summary>
    public double SampleRows => Math.Max(WorthInPasses * PassCost / RowCost, RowsPerParameter * (double)BlockSize);

    /// <summary>A pass over the rows, there and back.</summary>
    public double PassCost => _rows.Rows * (double)Outputs * (4 * _rows.ValuesPerRow + CostOfLogit);

    /// <summary>A step of Newton's method, its factors made anew.</summary>
    public double StepCost => PassesOfStep * PassCost + Math.Min(_rows.Rows, SampleRows) * RowCost
        + Factors * BlockSize / 3.0 * CostOfDouble;

    /// <summary>A row in the sums.</summary>
    private double RowCost => 2 * Weights * (BlockSize == 1 ? _rows.ValuesPerRow : HessianChunk.CostOf(_rows));
}
