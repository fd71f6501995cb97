namespace PictureFiles;

/// <summary>Changes the number of pixels. Shrinking averages the area that each new pixel covers; enlarging interpolates bilinearly between pixel centres.</summary>
public static class Resampling
{
    /// <summary>Brings an area of a picture to <paramref name="toWidth"/> x <paramref name="toHeight"/> pixels.</summary>
    /// <param name="pixels">The picture, [row, column, channel] flattened.</param>
    /// <param name="width">Its pixels in a row.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="channels">Bytes of a pixel.</param>
    /// <param name="from">The area, which must lie within the picture.</param>
    /// <param name="toWidth">New pixels in a row.</param>
    /// <param name="toHeight">New rows.</param>
    public static byte[] Resize(ReadOnlySpan<byte> pixels, int width, int height, int channels, Area from, int toWidth, int toHeight)
    {
        var columns = Taps.Of(from.Left, from.Width, width, toWidth);
        var rows = Taps.Of(from.Top, from.Height, height, toHeight);
        int firstRow = rows.Source.Min();
        int rowCount = rows.Source.Max() + 1 - firstRow;

        // Rows first, then columns: [row, new column, channel] in between.
        int rowBytes = toWidth * channels;
        float[] narrow = new float[rowCount * rowBytes];
        for (int y = 0; y < rowCount; y++)
            for (int x = 0; x < toWidth; x++)
                for (int t = columns.Start[x]; t < columns.Start[x + 1]; t++)
                    for (int c = 0; c < channels; c++)
                        narrow[y * rowBytes + x * channels + c] += columns.Weight[t] * pixels[((firstRow + y) * width + columns.Source[t]) * channels + c];

        byte[] resized = new byte[toHeight * rowBytes];
        for (int y = 0; y < toHeight; y++)
        {
            for (int i = 0; i < rowBytes; i++)
            {
                float sum = 0;
                for (int t = rows.Start[y]; t < rows.Start[y + 1]; t++)
                    sum += rows.Weight[t] * narrow[(rows.Source[t] - firstRow) * rowBytes + i];
                resized[y * rowBytes + i] = (byte)Math.Clamp(sum + 0.5f, 0f, 255f);
            }
        }
        return resized;
    }

    /// <summary>New pixel i is the sum of Weight[t] times old pixel Source[t], t from Start[i] to Start[i+1]; weights sum to 1.</summary>
    private sealed record Taps(int[] Start, int[] Source, float[] Weight)
    {
        /// <summary>The old pixels between <paramref name="begin"/> and begin + <paramref name="length"/>, of <paramref name="size"/>, become <paramref name="to"/>.</summary>
        public static Taps Of(double begin, double length, int size, int to)
        {
            double scale = length / to;
            return length >= to
                ? Make(to, i => Average(begin + i * scale, Math.Min(begin + (i + 1) * scale, size)))
                : Make(to, i => Interpolate(begin + (i + 0.5) * scale - 0.5, size));
        }

        private static IEnumerable<(int Source, float Weight)> Average(double begin, double end)
        {
            int first = (int)begin;
            int last = (int)Math.Ceiling(end);
            return Enumerable.Range(first, last - first)
                .Select(s => (s, (float)((Math.Min(end, s + 1) - Math.Max(begin, s)) / (end - begin))));
        }

        private static IEnumerable<(int Source, float Weight)> Interpolate(double centre, int size)
        {
            double at = Math.Clamp(centre, 0, size - 1);
            int first = Math.Min((int)at, Math.Max(0, size - 2));
            float second = (float)(at - first);
            return size == 1 ? [(0, 1f)] : [(first, 1 - second), (first + 1, second)];
        }

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
