namespace Microsoft.ML.Data;

/// <summary>Makes an unsigned integer member a key of that many values.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class KeyTypeAttribute : Attribute
{
    public KeyTypeAttribute() => throw new NotSupportedException("Using KeyType without the Count parameter is not supported");

    public KeyTypeAttribute(ulong count) => KeyCount = new KeyCount(count);

    internal KeyCount KeyCount { get; }
}
