namespace Microsoft.ML.Data;

/// <summary>Makes editors, which write the values of a <see cref="VBuffer{T}"/> in place, reusing its arrays where they are large enough.</summary>
public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(scoped ref VBuffer<T> destination) => destination.GetEditor();

    public static VBufferEditor<T> Create<T>(
        scoped ref VBuffer<T> destination,
        int newLogicalLength,
        int? valuesCount = null,
        int? maxValuesCapacity = null,
        bool keepOldOnResize = false,
        bool requireIndicesOnDense = false)
    {
        Check.Param(newLogicalLength >= 0, nameof(newLogicalLength), newLogicalLength, "must be at least 0");
        int count = valuesCount ?? newLogicalLength;
        Check.Param(count >= 0 && count <= newLogicalLength, nameof(valuesCount), count, $"must be from 0 to {newLogicalLength}");
        return destination.GetEditor(newLogicalLength, count, maxValuesCapacity ?? Array.MaxLength, keepOldOnResize, requireIndicesOnDense);
    }
}
