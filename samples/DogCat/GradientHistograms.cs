using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace DogCat;

/// <summary>
/// Histograms of oriented gradients (Dalal and Triggs 2005): for each square cell the strength of edges in 18 directions, relative to the
/// strength of all edges in the cells around it. A dog looking left is as much a dog as one looking right: so the features are the mean of
/// those of the picture and of its mirror image, of which the left half says all.
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

    /// <summary>What <c>ExtractPixels</c> makes by itself: planes of red, green and blue, row by row, from 0 to 255.</summary>
    public sealed class PixelRow
    {
        [VectorType(3 * Side * Side)]
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
        var cells = Normalized(Histogram(pixels));
        var features = new float[Count];
        for (int row = 0, i = 0; row < Cells; row++)
            for (var column = 0; column < Cells / 2; column++)
                for (var d = 0; d < Directions; d++)
                    // In the mirror direction d is half a turn less d.
                    features[i++] = (cells[row, column, d] + cells[row, Cells - 1 - column, (3 * Directions / 2 - d) % Directions]) / 2;
        return features;
    }

    /// <summary>Edge strength [row, column, direction]; a pixel is shared by the four cells and two directions nearest to it.</summary>
    private static float[,,] Histogram(float[] pixels)
    {
        var cells = new float[Cells, Cells, Directions];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                (var dx, var dy) = Gradient(pixels, x, y);
                var strength = MathF.Sqrt(dx * dx + dy * dy);
                var direction = MathF.Atan2(dy, dx) * (Directions / MathF.Tau) + Directions;
                (var whole, var second) = ((int)direction, direction - (int)direction);
                foreach ((var row, var rowShare) in Near[y])
                {
                    foreach ((var column, var columnShare) in Near[x])
                    {
                        cells[row, column, whole % Directions] += strength * rowShare * columnShare * (1 - second);
                        cells[row, column, (whole + 1) % Directions] += strength * rowShare * columnShare * second;
                    }
                }
            }
        }
        return cells;
    }

    /// <summary>The gradient of the colour in which it is strongest.</summary>
    private static (float Dx, float Dy) Gradient(float[] pixels, int x, int y)
    {
        (float strongest, float bestX, float bestY) = (0, 0, 0);
        for (var plane = 0; plane < pixels.Length; plane += Side * Side)
        {
            var dx = pixels[plane + y * Side + Math.Min(Side - 1, x + 1)] - pixels[plane + y * Side + Math.Max(0, x - 1)];
            var dy = pixels[plane + Math.Min(Side - 1, y + 1) * Side + x] - pixels[plane + Math.Max(0, y - 1) * Side + x];
            if (dx * dx + dy * dy > strongest)
                (strongest, bestX, bestY) = (dx * dx + dy * dy, dx, dy);
        }
        return (bestX, bestY);
    }

    /// <summary>Relative to all edges in the cells around; square roots, so that one strong edge does not hide the others.</summary>
    private static float[,,] Normalized(float[,,] cells)
    {
        var normalized = new float[Cells, Cells, Directions];
        for (var row = 0; row < Cells; row++)
        {
            for (var column = 0; column < Cells; column++)
            {
                float around = Cell * Cell; // One grey level of edge keeps an even surface from dividing by zero.
                for (var r = Math.Max(0, row - 1); r <= Math.Min(Cells - 1, row + 1); r++)
                    for (var c = Math.Max(0, column - 1); c <= Math.Min(Cells - 1, column + 1); c++)
                        for (var d = 0; d < Directions; d++)
                            around += cells[r, c, d];
                for (var d = 0; d < Directions; d++)
                    normalized[row, column, d] = MathF.Sqrt(cells[row, column, d] / around);
            }
        }
        return normalized;
    }
}
