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

    /// <summary>The two cells whose centres are nearest to a row or column of pixels; beyond the border a cell's share is 0.</summary>
    private static readonly (int Cell, float Share)[][] Near = [.. Enumerable.Range(0, Side).Select(pixel =>
    {
        var position = (pixel + 0.5f) / Cell - 0.5f;
        var first = (int)MathF.Floor(position);
        return ((int, float)[])[first < 0 ? (0, 0) : (first, 1 - (position - first)), first + 1 >= Cells ? (Cells - 1, 0)
            : (first + 1, position - first)];
    })];

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

    /// <summary>The features [row of cells, column of cells in the left half, number].</summary>
    public static float[] Of(float[] pixels)
    {
        var features = new float[Count];
        foreach (var mirrored in (ReadOnlySpan<bool>)[false, true])
        {
            var histogram = Histogram(pixels, mirrored);
            for (int row = 0, i = 0; row < Cells; row++)
                for (var column = 0; column < Cells / 2; column++, i += Directions)
                    AddCell(histogram, row, column, features.AsSpan(i, Directions));
        }
        return features;
    }

    /// <summary>Edge strength [row, column, direction]; a pixel is shared by the four cells and two directions nearest to it.</summary>
    private static float[] Histogram(float[] pixels, bool mirrored)
    {
        var histogram = new float[Cells * Cells * Directions];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                (var dx, var dy) = Gradient(pixels, x, y);
                var strength = MathF.Sqrt(dx * dx + dy * dy);
                var direction = MathF.Atan2(dy, mirrored ? -dx : dx) * (Directions / MathF.Tau) + Directions;
                (var whole, var second) = ((int)direction, direction - (int)direction);
                foreach ((var row, var rowShare) in Near[y])
                {
                    foreach ((var column, var columnShare) in Near[mirrored ? Side - 1 - x : x])
                    {
                        var cell = CellOf(histogram, row, column);
                        cell[whole % Directions] += strength * rowShare * columnShare * (1 - second);
                        cell[(whole + 1) % Directions] += strength * rowShare * columnShare * second;
                    }
                }
            }
        }
        return histogram;
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

    /// <summary>Square roots, so that one strong edge does not hide the others.</summary>
    private static void AddCell(float[] histogram, int row, int column, Span<float> features)
    {
        float around = Cell * Cell; // One grey level of edge keeps an even surface from dividing by zero.
        for (var r = Math.Max(0, row - 1); r <= Math.Min(Cells - 1, row + 1); r++)
            for (var c = Math.Max(0, column - 1); c <= Math.Min(Cells - 1, column + 1); c++)
                around += CellOf(histogram, r, c).ToArray().Sum();
        for (var d = 0; d < Directions; d++)
            features[d] += MathF.Sqrt(CellOf(histogram, row, column)[d] / around) / 2;
    }

    private static Span<float> CellOf(float[] histogram, int row, int column) =>
        histogram.AsSpan((row * Cells + column) * Directions, Directions);
}
