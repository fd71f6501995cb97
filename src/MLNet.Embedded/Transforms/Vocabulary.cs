using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The values that have keys: the value at index i has key i + 1; missing and unknown values have key 0.</summary>
internal abstract class Vocabulary(PrimitiveDataViewType itemType)
{
    public PrimitiveDataViewType ItemType { get; } = itemType;

    public abstract int Count { get; }

    public KeyDataViewType KeyType => new(typeof(uint), Math.Max(1, Count));

    public static Vocabulary Create(PrimitiveDataViewType itemType)
    {
        if (itemType is KeyDataViewType)
            throw new NotSupportedException("The embedded ML.NET host does not map keys to keys.");
        return Getters.Invoke<Vocabulary>(CreateOf<int>, itemType.RawType, itemType);
    }

    /// <summary>What adds the values of a column to this vocabulary, a row a call, and says whether there is room for more.</summary>
    public abstract Func<bool> MakeReader(DataViewRow row, DataViewSchema.Column column, int maximumCount);

    public abstract void Sort();

    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column);

    public abstract void AddKeyValues(DataViewSchema.Annotations.Builder builder, bool asText);

    public void Save(BinaryWriter writer)
    {
        writer.WriteColumnType(ItemType);
        SaveValues(writer);
    }

    public static Vocabulary Load(BinaryReader reader)
    {
        Vocabulary vocabulary = Create((PrimitiveDataViewType)reader.ReadColumnType());
        vocabulary.LoadValues(reader);
        return vocabulary;
    }

    protected abstract void SaveValues(BinaryWriter writer);

    protected abstract void LoadValues(BinaryReader reader);

    private static Vocabulary<T> CreateOf<T>(PrimitiveDataViewType itemType)
        where T : notnull
        => new(itemType);
}
