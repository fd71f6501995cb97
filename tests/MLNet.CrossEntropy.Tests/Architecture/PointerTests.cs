using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests.Architecture;

/// <summary>
/// Pointers and references are followed in few files. Kernels are told how far they may go; whoever calls them takes pointers from what checks just
/// that: NativeBuffer.At, RowSet, whose rows RowBlock has checked, and HardLabelRows.Check.
/// </summary>
public sealed partial class PointerTests
{
    private static readonly string[] Unchecked =
    [
        "Evaluation/MulticlassScores.cs",
        "Linear/Kernels/DenseBackward.cs", "Linear/Kernels/DenseForward.cs", "Linear/Kernels/ElementKernels.cs",
        "Linear/Kernels/RowsAhead.cs", "Linear/Kernels/SparseKernels.cs", "Linear/Kernels/VectorOps.cs",
        "Linear/LinearWeights.cs", "Linear/Newton/HessianChunk.cs", "Linear/Rows/DenseProducts.cs",
        "Linear/Rows/FeatureMoments.cs", "Linear/Rows/FeatureShares.cs", "Linear/Rows/RowSet.cs", "Linear/Rows/SparseProducts.cs", "Linear/Sgd/DenseGradient.cs",
        "Linear/Sgd/DenseStep.cs", "Linear/Sgd/LearningRateRule.cs",
        "Linear/Sgd/Rules/Elementwise.cs", "Linear/Sgd/SparseStep.cs", "Losses/SigmoidCrossEntropyLoss.cs",
        "Losses/SoftmaxCrossEntropyLoss.cs", "Numerics/Cholesky.cs", "Numerics/NativeBuffer.cs", "Numerics/SpanMath.cs",
        "Numerics/VectorMath.cs",
    ];

    [Fact]
    public void Memory_is_followed_without_checks_in_few_files() =>
        Assert.Equal(Unchecked, Sources.Files.Where(file => Keyword().IsMatch(file.Text)).Select(file => file.Path).Order(StringComparer.Ordinal));

    /// <summary>Memory of an unknown length has no place outside the buffer that knows it.</summary>
    [Fact]
    public void Only_the_buffer_allocates_native_memory() =>
        Assert.Equal(["Numerics/NativeBuffer.cs"],
            Sources.Files.Where(file => file.Text.Contains("NativeMemory.", StringComparison.Ordinal)).Select(file => file.Path));

    [GeneratedRegex(@"^[^/\n""]*(\bunsafe\b|\bUnsafe\.|LoadUnsafe|StoreUnsafe|GetReference|GetArrayDataReference)", RegexOptions.Multiline)]
    private static partial Regex Keyword();
}
