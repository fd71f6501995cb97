namespace PictureFiles.Png;

/// <summary>The five row filters (PNG specification, clause 9).</summary>
internal static class PngFilter
{
    /// <summary>Turns a filtered row back into samples, in place. <paramref name="above"/> is the row before it (zeros for the first).</summary>
    public static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= stride ? row[i - stride] : 0;
            int up = above[i];
            int upLeft = i >= stride ? above[i - stride] : 0;
            row[i] += filter switch
            {
                0 => 0,
                1 => (byte)left,
                2 => (byte)up,
                3 => (byte)((left + up) / 2),
                4 => Paeth(left, up, upLeft),
                _ => throw new PictureException($"damaged PNG: row filter {filter} does not exist"),
            };
        }
    }

    /// <summary>Whichever of the three neighbours is nearest to left + up - upLeft; ties in that order.</summary>
    public static byte Paeth(int left, int up, int upLeft)
    {
        int toLeft = Math.Abs(up - upLeft);
        int toUp = Math.Abs(left - upLeft);
        int toUpLeft = Math.Abs(left + up - 2 * upLeft);
        if (toLeft <= toUp && toLeft <= toUpLeft)
            return (byte)left;
        return (byte)(toUp <= toUpLeft ? up : upLeft);
    }
}
