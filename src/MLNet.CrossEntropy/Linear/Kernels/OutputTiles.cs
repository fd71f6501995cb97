namespace MLNet.CrossEntropy.Linear;

/// <summary>How the dense kernels cut K outputs into register tiles of 5, 2 and 1.</summary>
internal static class OutputTiles
{
    /// <summary>The outputs of the next tile, when so many are left and a tile holds at most <paramref name="largest"/>.</summary>
    public static int Next(int left, int largest) => left >= largest ? largest : Math.Min(left, 2);

    /// <summary>How many tiles there are.</summary>
    public static int Count(int outputs, int largest)
    {
        var rest = outputs % largest;
        return outputs / largest + rest / 2 + rest % 2;
    }
}
