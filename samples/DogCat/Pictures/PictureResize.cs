namespace DogCat.Pictures;

/// <summary>Brings pictures of any size to one size.</summary>
public static class PictureResize
{
    /// <summary>
    /// The central square of the picture, brought to <paramref name="side"/> x <paramref name="side"/> pixels. Shrinking
    /// averages the area that each new pixel covers; enlarging interpolates bilinearly between pixel centres.
    /// </summary>
    public static Picture ToSquare(this Picture picture, int side)
    {
        int square = Math.Min(picture.Width, picture.Height);
        if (picture.Width == side && picture.Height == side)
            return picture;
        Taps taps = square >= side ? Taps.Area(square, side) : Taps.Bilinear(square, side);
        int left = (picture.Width - square) / 2;
        int top = (picture.Height - square) / 2;

        // Rows first, then columns: [square, side, 3] in between.
        float[] narrow = new float[square * side * 3];
        for (int y = 0; y < square; y++)
            for (int x = 0; x < side; x++)
                for (int t = taps.Start[x]; t < taps.Start[x + 1]; t++)
                    for (int c = 0; c < 3; c++)
                        narrow[(y * side + x) * 3 + c] += taps.Weight[t] * picture[left + taps.Source[t], top + y][c];

        byte[] rgb = new byte[side * side * 3];
        for (int y = 0; y < side; y++)
        {
            for (int i = 0; i < side * 3; i++)
            {
                float sum = 0;
                for (int t = taps.Start[y]; t < taps.Start[y + 1]; t++)
                    sum += taps.Weight[t] * narrow[taps.Source[t] * side * 3 + i];
                rgb[y * side * 3 + i] = (byte)Math.Clamp(sum + 0.5f, 0f, 255f);
            }
        }
        return new Picture(side, side, rgb);
    }

    /// <summary>New pixel i is the sum of Weight[t] times old pixel Source[t], t from Start[i] to Start[i+1]; weights sum to 1.</summary>
    private sealed record Taps(int[] Start, int[] Source, float[] Weight)
    {
        public static Taps Area(int from, int to) => Make(to, i =>
        {
            double scale = (double)from / to;
            double begin = i * scale;
            double end = Math.Min((i + 1) * scale, from);
            int first = (int)begin;
            int last = Math.Min(from, (int)Math.Ceiling(end));
            return Enumerable.Range(first, last - first)
                .Select(s => (s, (float)((Math.Min(end, s + 1) - Math.Max(begin, s)) / (end - begin))));
        });

        public static Taps Bilinear(int from, int to) => Make(to, i =>
        {
            double centre = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
            int first = Math.Min((int)centre, Math.Max(0, from - 2));
            float second = (float)(centre - first);
            return from == 1 ? [(0, 1f)] : [(first, 1 - second), (first + 1, second)];
        });

        private static Taps Make(int to, Func<int, IEnumerable<(int Source, float Weight)>> tapsOf)
        {
            int[] start = new int[to + 1];
            var taps = new List<(int Source, float Weight)>();
            for (int i = 0; i < to; i++)
            {
                taps.AddRange(tapsOf(i));
                start[i + 1] = taps.Count;
            }
            return new Taps(start, [.. taps.Select(t => t.Source)], [.. taps.Select(t => t.Weight)]);
        }
    }
}
