namespace Microsoft.ML.Data;

/// <summary>The three names of a primitive type: <see cref="DataKind"/>, raw .NET type, and <see cref="PrimitiveDataViewType"/>.</summary>
internal static class DataKinds
{
    private static readonly (DataKind Kind, PrimitiveDataViewType Type)[] All =
    [
        (DataKind.SByte, NumberDataViewType.SByte),
        (DataKind.Byte, NumberDataViewType.Byte),
        (DataKind.Int16, NumberDataViewType.Int16),
        (DataKind.UInt16, NumberDataViewType.UInt16),
        (DataKind.Int32, NumberDataViewType.Int32),
        (DataKind.UInt32, NumberDataViewType.UInt32),
        (DataKind.Int64, NumberDataViewType.Int64),
        (DataKind.UInt64, NumberDataViewType.UInt64),
        (DataKind.Single, NumberDataViewType.Single),
        (DataKind.Double, NumberDataViewType.Double),
        (DataKind.String, TextDataViewType.Instance),
        (DataKind.Boolean, BooleanDataViewType.Instance),
    ];

    internal static PrimitiveDataViewType PrimitiveTypeOf(DataKind kind)
        => All.FirstOrDefault(entry => entry.Kind == kind).Type ?? throw NotSupported(kind.ToString());

    internal static DataKind KindOf(Type rawType) => All.First(entry => entry.Type.RawType == rawType).Kind;

    /// <summary>The column type of a raw .NET type; <see cref="string"/> counts as text.</summary>
    internal static PrimitiveDataViewType PrimitiveTypeOf(Type rawType)
        => PrimitiveTypeOrNull(rawType) ?? throw NotSupported(rawType.ToString());

    internal static PrimitiveDataViewType PrimitiveTypeOrNull(Type rawType)
        => rawType == typeof(string) ? TextDataViewType.Instance : All.FirstOrDefault(entry => entry.Type.RawType == rawType).Type;

    /// <summary>The type of a scalar, or of a vector's slots.</summary>
    internal static PrimitiveDataViewType GetItemType(this DataViewType type)
        => type is VectorDataViewType vector ? vector.ItemType : (PrimitiveDataViewType)type;

    /// <summary>The number of keys of a key type (or of a vector's slots), 0 for any other type.</summary>
    internal static ulong GetKeyCount(this DataViewType type) => type.GetItemType() is KeyDataViewType key ? key.Count : 0;

    private static NotSupportedException NotSupported(string what)
        => new($"The embedded ML.NET host has no columns of type {what}; it has: {string.Join(", ", All.Select(entry => entry.Kind))}, and keys.");
}
