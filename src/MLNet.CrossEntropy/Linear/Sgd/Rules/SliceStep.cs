using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>A step of an optimizer on a slice of the parameters, as <see cref="Optimizer.Step"/> takes it.</summary>
internal delegate void SliceStep<T>(Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
