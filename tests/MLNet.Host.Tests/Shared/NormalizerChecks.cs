using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using AffineParameters = Microsoft.ML.Transforms.NormalizingTransformer.AffineNormalizerModelParameters<
    System.Collections.Immutable.ImmutableArray<float>>;

namespace MLNet.Host.Tests.Shared;

/// <summary>A fitted normaliser of Features against a recorded one.</summary>
internal static class NormalizerChecks
{
    private const double Tolerance = 1e-6;

    public static void Check(JsonElement golden, NormalizingTransformer normalizer, IDataView normalized)
    {
        var expected = golden.GetProperty("normalizer");
        var parameters = Assert.IsType<AffineParameters>(normalizer.GetNormalizerModelParameters(0));
        Near.Equal(expected.GetProperty("Scale"), parameters.Scale, Tolerance, "Scale");
        Near.Equal(expected.GetProperty("Offset"), parameters.Offset.IsDefault ? ImmutableArray<float>.Empty : parameters.Offset, Tolerance, "Offset");
        if (!golden.TryGetProperty("normalized_first3", out var firstRows))
            return;
        float[][] rows = [.. normalized.GetColumn<float[]>("Features").Take(3)];
        var expectedRows = firstRows.SingleRows();
        for (var i = 0; i < expectedRows.Length; i++)
            Near.Equal(expectedRows[i].Select(v => (double)v), rows[i].Select(v => (double)v), Tolerance, $"normalised row {i}");
    }
}
