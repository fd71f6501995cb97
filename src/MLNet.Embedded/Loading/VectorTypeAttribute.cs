namespace Microsoft.ML.Data;

/// <summary>The dimensions of an array or vector member; without it its length may vary from row to row.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class VectorTypeAttribute : Attribute
{
    public VectorTypeAttribute() => Dimensions = [0];

    public VectorTypeAttribute(int size)
        : this([size])
    {
    }

    public VectorTypeAttribute(params int[] dimensions) => Dimensions = dimensions;

    internal int[] Dimensions { get; }
}
