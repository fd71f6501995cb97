namespace Microsoft.ML.Data;

public sealed class KeyCount
{
    /// <summary>The number of keys; null for as many as the type holds.</summary>
    public ulong? Count;

    public KeyCount()
    {
    }

    public KeyCount(ulong count)
    {
        if (count == 0)
            throw new ArgumentOutOfRangeException(nameof(count), "A key's count must be at least 1.");
        Count = count;
    }
}
