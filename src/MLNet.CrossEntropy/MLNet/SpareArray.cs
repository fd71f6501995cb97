namespace MLNet.CrossEntropy.MLNet;

/// <summary>Arrays that are used again.</summary>
internal static class SpareArray
{
    /// <summary>The values at the beginning of <paramref name="spare"/> where they have room in it, else in a new array of their size.</summary>
    public static T[] Fill<T>(ReadOnlySpan<T> values, T[]? spare)
    {
        if (spare is null || spare.Length < values.Length)
            return values.ToArray();
        values.CopyTo(spare);
        return spare;
    }
}
