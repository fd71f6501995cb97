using PictureFiles;

namespace DogCat.Features.Patches;

/// <summary>
/// What is where: the mean answer of each filter over the patches of the upper and of the lower half of the picture (Coates, Ng and
/// Lee 2011; its square root, which evens out rare strong answers). Patches are taken from the left half of the picture and
/// of its mirror image, for the reason told at <see cref="GradientHistograms"/>.
/// </summary>
public sealed class PatchResponses(PatchFilters filters) : IFeatureFamily
{
    /// <summary>How many numbers.</summary>
    internal const int Length = Halves * PatchFilters.Count;

    private const int Halves = 2;

    /// <summary>Pixels from one patch to the next. 2 would take a quarter of the time.</summary>
    private const int Stride = 1;

    /// <summary>Patches side by side from one edge of the picture to its middle.</summary>
    private const int Across = ((PictureFeatures.Side - Patch.Side) / Stride + 2) / 2;

    private const int PatchesInHalf = 2 * Across * Across;

    // Rows of zeros fill the last block; nothing answers to them.
    private const int RowsInHalf = (PatchesInHalf + ResponseKernel.RowsAtOnce - 1) / ResponseKernel.RowsAtOnce * ResponseKernel.RowsAtOnce;

    /// <inheritdoc/>
    public string Name => $"patches, {PatchFilters.Count} filters";

    /// <inheritdoc/>
    public int Count => Length;

    /// <inheritdoc/>
    public void Compute(Picture picture, Span<float> features)
    {
        features.Clear();
        var mirrored = picture.Mirrored();
        var rows = new float[RowsInHalf * PatchFilters.Inputs];
        for (var half = 0; half < Halves; half++)
        {
            var top = half == 0 ? 0 : PictureFeatures.Side - Patch.Side - (Across - 1) * Stride;
            Fill(rows, picture, mirrored, top);
            Add(rows, features.Slice(half * PatchFilters.Count, PatchFilters.Count));
        }
        foreach (ref var value in features)
            value = MathF.Sqrt(value / PatchesInHalf);
    }

    private static void Fill(Span<float> rows, Picture picture, Picture mirrored, int top)
    {
        foreach (var side in (ReadOnlySpan<Picture>)[picture, mirrored])
        {
            for (var y = 0; y < Across; y++)
            {
                for (var x = 0; x < Across; x++)
                {
                    Patch.Normalised(side, x * Stride, top + y * Stride, rows);
                    rows[Patch.Length] = 1;
                    rows = rows[PatchFilters.Inputs..];
                }
            }
        }
    }

    private void Add(ReadOnlySpan<float> rows, Span<float> sums)
    {
        const int panel = ResponseKernel.PanelWidth;
        for (var k = 0; k < PatchFilters.Count; k += panel)
            ResponseKernel.AddResponses(rows, PatchFilters.Inputs, filters.Panels.Slice(k * PatchFilters.Inputs, PatchFilters.Inputs * panel), sums.Slice(k, panel));
    }
}
