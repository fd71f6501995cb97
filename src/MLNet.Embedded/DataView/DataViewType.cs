namespace Microsoft.ML.Data;

public abstract class DataViewType : IEquatable<DataViewType>
{
    private protected DataViewType(Type rawType) => RawType = rawType;

    /// <summary>The .NET type of this column's values, the type argument of its <see cref="ValueGetter{TValue}"/>.</summary>
    public Type RawType { get; }

    public abstract bool Equals(DataViewType other);
}
