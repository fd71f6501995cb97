namespace Microsoft.ML.Data;

internal static class AnnotationsBuilderExtensions
{
    internal static void AddSlotNames(this DataViewSchema.Annotations.Builder builder, IReadOnlyList<ReadOnlyMemory<char>> names)
        => builder.AddVector(AnnotationKinds.SlotNames, TextDataViewType.Instance, names.ToArray());

    internal static void AddText(this DataViewSchema.Annotations.Builder builder, string kind, string value)
        => builder.AddPrimitiveValue(kind, TextDataViewType.Instance, value.AsMemory());

    /// <summary>A vector annotation; the array is not copied.</summary>
    internal static void AddVector<TValue>(this DataViewSchema.Annotations.Builder builder, string kind, PrimitiveDataViewType itemType, TValue[] values)
    {
        var vector = new VBuffer<TValue>(values.Length, values);
        builder.Add(kind, new VectorDataViewType(itemType, values.Length), (ref VBuffer<TValue> destination) => vector.CopyTo(ref destination));
    }
}
