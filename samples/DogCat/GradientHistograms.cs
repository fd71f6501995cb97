using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace DogCat;

/// <summary>
/// Histograms of oriented gradients (Dalal and Triggs 2005, in the form of Felzenszwalb et al. 2010): for each square cell
/// the strength of edges in 18 directions and, with opposite directions taken together, in 9, each relative to the
/// strength of the four 2 x 2 blocks of cells around it, and 4 numbers for the texture of those blocks.
/// </summary>
/// <remarks>
/// A dog looking left is as much a dog as one looking right. So the features are the mean of those of the picture and of
/// its mirror image, of which the left half says all: half as many weights to learn, from twice as many examples.
/// </remarks>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class GradientHistograms : CustomMappingFactory<GradientHistograms.PixelRow, GradientHistograms.HistogramRow>
{
    /// <summary>The name by which a saved model finds this class.</summary>
    public const string Contract = "DogCat.GradientHistograms";

    /// <summary>Pixels in each direction.</summary>
    public const int Side = 32;

    private const int Cell = 4;
    private const int Cells = Side / Cell;
    private const int Directions = 18;
    private const int Orientations = Directions / 2;
    private const int Blocks = 4;
    private const int PerCell = Directions + Orientations + Blocks;
    private const float Ceiling = 0.2f;

    /// <summary>How many numbers.</summary>
    public const int Count = Cells * (Cells / 2) * PerCell;

    /// <summary>What <c>ExtractPixels</c> makes by itself: all of red, then green, then blue, from 0 to 255.</summary>
    public sealed class PixelRow
    {
        /// <summary>Three planes, row by row.</summary>
        [VectorType(3 * Side * Side)]
        public float[] Pixels { get; set; } = [];
    }

    /// <summary>What is computed.</summary>
    public sealed class HistogramRow
    {
        /// <summary>[row of cells, column of cells, feature]</summary>
        [VectorType(Count)]
        public float[] Features { get; set; } = [];
    }

    /// <inheritdoc/>
    public override Action<PixelRow, HistogramRow> GetMapping() => (row, result) => result.Features = Of(row.Pixels);

    /// <summary>The features of planar pixels.</summary>
    public static float[] Of(ReadOnlySpan<float> pixels)
    {
        var features = new float[Count];
        foreach (var mirrored in (ReadOnlySpan<bool>)[false, true])
        {
            var histogram = Histogram(pixels, mirrored);
            var energy = Energy(histogram);
            for (int row = 0, i = 0; row < Cells; row++)
                for (var column = 0; column < Cells / 2; column++, i += PerCell)
                    AddCell(histogram, energy, row, column, features.AsSpan(i, PerCell));
        }
        return features;
    }

    /// <summary>Edge strength [row, column, direction]; a pixel is shared by the four cells and two directions nearest to it.</summary>
    private static float[] Histogram(ReadOnlySpan<float> pixels, bool mirrored)
    {
        var histogram = new float[Cells * Cells * Directions];
        Span<(int Cell, float Share)> rows = stackalloc (int, float)[2];
        Span<(int Cell, float Share)> columns = stackalloc (int, float)[2];
        for (var y = 0; y < Side; y++)
        {
            Neighbours(y, rows);
            for (var x = 0; x < Side; x++)
            {
                (var dx, var dy, var strength) = Gradient(pixels, x, y);
                if (strength == 0)
                    continue;
                Neighbours(mirrored ? Side - 1 - x : x, columns);
                var direction = MathF.Atan2(dy, mirrored ? -dx : dx) * (Directions / MathF.Tau) + Directions;
                var whole = (int)direction;
                var second = direction - whole;
                foreach ((var row, var rowShare) in rows)
                {
                    foreach ((var column, var columnShare) in columns)
                    {
                        var at = (row * Cells + column) * Directions;
                        var share = strength * rowShare * columnShare;
                        histogram[at + whole % Directions] += share * (1 - second);
                        histogram[at + (whole + 1) % Directions] += share * second;
                    }
                }
            }
        }
        return histogram;
    }

    /// <summary>The two cells whose centres are nearest to a pixel; beyond the border a cell's share is 0.</summary>
    private static void Neighbours(int pixel, Span<(int Cell, float Share)> cells)
    {
        var position = (pixel + 0.5f) / Cell - 0.5f;
        var first = (int)MathF.Floor(position);
        var second = position - first;
        cells[0] = first < 0 ? (0, 0) : (first, 1 - second);
        cells[1] = first + 1 >= Cells ? (Cells - 1, 0) : (first + 1, second);
    }

    /// <summary>The gradient of the colour channel in which it is strongest.</summary>
    private static (float Dx, float Dy, float Strength) Gradient(ReadOnlySpan<float> pixels, int x, int y)
    {
        (float strongest, float bestX, float bestY) = (0, 0, 0);
        for (var plane = 0; plane < pixels.Length; plane += Side * Side)
        {
            var dx = pixels[plane + y * Side + Math.Min(Side - 1, x + 1)] - pixels[plane + y * Side + Math.Max(0, x - 1)];
            var dy = pixels[plane + Math.Min(Side - 1, y + 1) * Side + x] - pixels[plane + Math.Max(0, y - 1) * Side + x];
            var square = dx * dx + dy * dy;
            if (square > strongest)
                (strongest, bestX, bestY) = (square, dx, dy);
        }
        return (bestX, bestY, MathF.Sqrt(strongest));
    }

    private static float[] Energy(float[] histogram)
    {
        var energy = new float[Cells * Cells];
        for (var i = 0; i < energy.Length; i++)
        {
            for (var o = 0; o < Orientations; o++)
            {
                var both = histogram[i * Directions + o] + histogram[i * Directions + o + Orientations];
                energy[i] += both * both;
            }
        }
        return energy;
    }

    private static void AddCell(float[] histogram, float[] energy, int row, int column, Span<float> features)
    {
        ReadOnlySpan<float> cell = histogram.AsSpan((row * Cells + column) * Directions, Directions);
        for (var block = 0; block < Blocks; block++)
        {
            var otherRow = Math.Clamp(row + (block < 2 ? -1 : 1), 0, Cells - 1);
            var otherColumn = Math.Clamp(column + (block % 2 == 0 ? -1 : 1), 0, Cells - 1);
            var sum = energy[row * Cells + column] + energy[row * Cells + otherColumn]
                + energy[otherRow * Cells + column] + energy[otherRow * Cells + otherColumn];
            // One grey level of edge per cell keeps an even surface from dividing by zero.
            var scale = 1 / MathF.Sqrt(sum + Cell * Cell);
            for (var d = 0; d < Directions; d++)
            {
                var relative = Math.Min(Ceiling, cell[d] * scale);
                features[d] += relative / (2 * Blocks);
                features[Directions + Orientations + block] += relative / (2 * Directions);
            }
            for (var o = 0; o < Orientations; o++)
                features[Directions + o] += Math.Min(Ceiling, (cell[o] + cell[o + Orientations]) * scale) / (2 * Blocks);
        }
    }
}
