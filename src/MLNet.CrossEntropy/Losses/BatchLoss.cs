using System.Buffers;
using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>Many rows, or many cells, through one loss.</summary>
internal static class BatchLoss
{
    /// <summary>The rows of a softmax loss.</summary>
    public static double OfRows<TKernel, T>(TKernel kernel, ReadOnlySpan<T> logits, BatchLabels<T> labels, BatchOutput<T> output)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var classes = labels.Classes;
        if (!output.Weights.IsEmpty)
            Throw.IfLengthsDiffer(labels.Rows, output.Weights.Length, "rows", "exampleWeights");
        var reducer = new BatchReducer<T>(output, labels.Rows, classes);
        var scratch = ArrayPool<T>.Shared.Rent(classes);
        var gradient = scratch.AsSpan(0, classes);
        for (var i = 0; i < labels.Rows; i++)
        {
            var hard = labels.HardLabel(i);
            var soft = labels.SoftLabel(i);
            var loss = SoftmaxRow.LossAndGradient(kernel, logits.Slice(i * classes, classes), hard, soft, gradient);
            reducer.Add(i, loss, gradient, SoftmaxRow.TargetWeight(kernel, hard, soft, classes));
        }

        ArrayPool<T>.Shared.Return(scratch);
        return reducer.Finish();
    }

    /// <summary>The cells of a sigmoid loss; a NaN target is a cell without a label.</summary>
    public static double OfCells<TKernel, T>(TKernel kernel, ReadOnlySpan<T> logits, Target<T> target, BatchOutput<T> output)
        where TKernel : struct, ISigmoidKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(logits.Length, target.Values.Length, nameof(logits), nameof(target));
        Throw.IfNotRepeatedWhole(logits.Length, output.Weights.Length, nameof(logits), "cellWeights");
        var reducer = new BatchReducer<T>(output, logits.Length, width: 1);
        for (var i = 0; i < logits.Length; i++)
        {
            var y = double.CreateTruncating(target.Values[i]);
            var labelled = !double.IsNaN(y);
            var cell = labelled ? kernel.At(i, double.CreateTruncating(logits[i]), SigmoidRow.CheckCell(y, i)) : default;
            reducer.Add(i, cell.Loss, [T.CreateTruncating(cell.Slope)], labelled ? 1 : 0);
        }

        return reducer.Finish();
    }
}
