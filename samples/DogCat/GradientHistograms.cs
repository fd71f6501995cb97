using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace DogCat;

/// <summary>
/// Histograms of oriented gradients (Dalal and Triggs 2005): for each square cell of a grey picture the strength of edges in 18 directions.
/// A dog looking left is as much a dog as one looking right: so the features are those of the picture and of its mirror image together, of
/// which the left half says all. Square roots keep one strong edge from hiding the others. The README says
/// what they were chosen against, by pictures that nothing else uses.
/// </summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class GradientHistograms : CustomMappingFactory<GradientHistograms.PixelRow, GradientHistograms.HistogramRow>
{
    /// <summary>The name by which a saved model finds this class.</summary>
    public const string Contract = "DogCat.GradientHistograms";

    public const int Side = 32;
    public const int Count = Cells * (Cells / 2) * Directions;

    private const int Cell = 4;
    private const int Cells = Side / Cell;
    private const int Directions = 18;

    /// <summary>By row or column of pixels: the cells whose centres are less than a cell away, and the pixel's share of each.</summary>
    private static readonly (int Cell, float Share)[][] Near = [.. Enumerable.Range(0, Side).Select(pixel =>
        Enumerable.Range(0, Cells).Select(cell => (Cell: cell, Share: 1 - Math.Abs((pixel + 0.5f) / Cell - 0.5f - cell)))
            .Where(near => near.Share > 0).ToArray())];

    /// <summary>What <c>ExtractPixels</c> makes of a grey picture: one plane, row by row, from 0 to 255.</summary>
    public sealed class PixelRow
    {
        [VectorType(Side * Side)]
        public float[] Pixels { get; set; } = [];
    }

    public sealed class HistogramRow
    {
        [VectorType(Count)]
        public float[] Features { get; set; } = [];
    }

    public override Action<PixelRow, HistogramRow> GetMapping() => (row, result) => result.Features = Of(row.Pixels);

    /// <summary>The features [row of cells, column of cells in the left half, direction].</summary>
    public static float[] Of(float[] pixels)
    {
        var cells = Histogram(pixels);
        var features = new float[Count];
        for (int row = 0, i = 0; row < Cells; row++)
            for (var column = 0; column < Cells / 2; column++)
                for (var d = 0; d < Directions; d++)
                    // In the mirror direction d is half a turn less d.
                    features[i++] = MathF.Sqrt(
                        cells[row, column, d] + cells[row, Cells - 1 - column, (3 * Directions / 2 - d) % Directions]);
        return features;
    }

    /// <summary>Edge strength [row, column, direction]; a pixel is shared by the four cells and two directions nearest to it.</summary>
    private static float[,,] Histogram(float[] pixels)
    {
        var cells = new float[Cells, Cells, Directions];
        for (var i = 0; i < pixels.Length; i++)
        {
            (var y, var x) = (i / Side, i % Side);
            var dx = pixels[y * Side + Math.Min(Side - 1, x + 1)] - pixels[y * Side + Math.Max(0, x - 1)];
            var dy = pixels[Math.Min(Side - 1, y + 1) * Side + x] - pixels[Math.Max(0, y - 1) * Side + x];
            var strength = MathF.Sqrt(dx * dx + dy * dy);
            var direction = MathF.Atan2(dy, dx) * (Directions / MathF.Tau) + Directions;
            (var whole, var second) = ((int)direction, direction - (int)direction);
            foreach ((var row, var rowShare) in Near[y])
                foreach ((var column, var columnShare) in Near[x])
                {
                    cells[row, column, whole % Directions] += strength * rowShare * columnShare * (1 - second);
                    cells[row, column, (whole + 1) % Directions] += strength * rowShare * columnShare * second;
                }
        }
        return cells;
    }
}
