using PictureFiles;

namespace DogCat.Features;

/// <summary>
/// Histograms of oriented gradients (Dalal and Triggs 2005, in the form of Felzenszwalb et al. 2010): for each square cell
/// the strength of edges in 18 directions and, with opposite directions taken together, in 9, each relative to the
/// strength of the four 2 x 2 blocks of cells around it, and 4 numbers for the texture of those blocks.
/// </summary>
/// <remarks>
/// A dog looking left is as much a dog as one looking right. So the features are the mean of those of the picture and of
/// its mirror image, of which the left half says all: half as many weights to learn, from twice as many examples.
/// </remarks>
public sealed class GradientHistograms : IFeatureFamily
{
    private const int Directions = 18;
    private const int Orientations = Directions / 2;
    private const int Blocks = 4;
    private const int PerCell = Directions + Orientations + Blocks;
    private const float Ceiling = 0.2f;

    private readonly int _side;
    private readonly int _cell;
    private readonly int _cells;

    /// <summary>For pictures of <paramref name="side"/> pixels, in cells of <paramref name="cell"/> pixels.</summary>
    public GradientHistograms(int side, int cell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cell, 2);
        if (side % (2 * cell) != 0)
            throw new ArgumentException($"A picture of {side} pixels cannot be cut into an even number of cells of {cell} pixels.", nameof(side));
        (_side, _cell, _cells) = (side, cell, side / cell);
    }

    /// <inheritdoc/>
    public string Name => $"gradients, {_cell}-pixel cells";

    /// <inheritdoc/>
    public int Count => _cells * (_cells / 2) * PerCell;

    /// <inheritdoc/>
    public void Compute(Picture picture, Span<float> features)
    {
        features.Clear();
        Add(picture, features);
        Add(picture.Mirrored(), features);
    }

    private void Add(Picture picture, Span<float> features)
    {
        var histogram = Histogram(picture);
        var energy = Energy(histogram);
        for (int row = 0, i = 0; row < _cells; row++)
            for (var column = 0; column < _cells / 2; column++, i += PerCell)
                AddCell(histogram, energy, row, column, features.Slice(i, PerCell));
    }

    /// <summary>Edge strength [row, column, direction]; a pixel is shared by the four cells and two directions nearest to it.</summary>
    private float[] Histogram(Picture picture)
    {
        var histogram = new float[_cells * _cells * Directions];
        Span<(int Cell, float Share)> rows = stackalloc (int, float)[2];
        Span<(int Cell, float Share)> columns = stackalloc (int, float)[2];
        for (var y = 0; y < _side; y++)
        {
            Neighbours(y, rows);
            for (var x = 0; x < _side; x++)
            {
                (var dx, var dy, var strength) = Gradient(picture, x, y);
                if (strength == 0)
                    continue;
                Neighbours(x, columns);
                var direction = MathF.Atan2(dy, dx) * (Directions / MathF.Tau) + Directions;
                var whole = (int)direction;
                var second = direction - whole;
                foreach ((var row, var rowShare) in rows)
                {
                    foreach ((var column, var columnShare) in columns)
                    {
                        var at = (row * _cells + column) * Directions;
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
    private void Neighbours(int pixel, Span<(int Cell, float Share)> cells)
    {
        var position = (pixel + 0.5f) / _cell - 0.5f;
        var first = (int)MathF.Floor(position);
        var second = position - first;
        cells[0] = first < 0 ? (0, 0) : (first, 1 - second);
        cells[1] = first + 1 >= _cells ? (_cells - 1, 0) : (first + 1, second);
    }

    /// <summary>The gradient of the colour channel in which it is strongest.</summary>
    private (float Dx, float Dy, float Strength) Gradient(Picture picture, int x, int y)
    {
        var left = picture[Math.Max(0, x - 1), y];
        var right = picture[Math.Min(_side - 1, x + 1), y];
        var up = picture[x, Math.Max(0, y - 1)];
        var down = picture[x, Math.Min(_side - 1, y + 1)];
        int strongest = 0, bestX = 0, bestY = 0;
        for (var c = 0; c < 3; c++)
        {
            var dx = right[c] - left[c];
            var dy = down[c] - up[c];
            var square = dx * dx + dy * dy;
            if (square > strongest)
                (strongest, bestX, bestY) = (square, dx, dy);
        }
        return (bestX, bestY, MathF.Sqrt(strongest));
    }

    private float[] Energy(float[] histogram)
    {
        var energy = new float[_cells * _cells];
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

    private void AddCell(float[] histogram, float[] energy, int row, int column, Span<float> features)
    {
        ReadOnlySpan<float> cell = histogram.AsSpan((row * _cells + column) * Directions, Directions);
        for (var block = 0; block < Blocks; block++)
        {
            var otherRow = Math.Clamp(row + (block < 2 ? -1 : 1), 0, _cells - 1);
            var otherColumn = Math.Clamp(column + (block % 2 == 0 ? -1 : 1), 0, _cells - 1);
            var sum = energy[row * _cells + column] + energy[row * _cells + otherColumn]
                + energy[otherRow * _cells + column] + energy[otherRow * _cells + otherColumn];
            // One grey level of edge per cell keeps an even surface from dividing by zero.
            var scale = 1 / MathF.Sqrt(sum + _cell * _cell);
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
