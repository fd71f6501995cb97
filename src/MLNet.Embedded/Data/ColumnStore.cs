namespace Microsoft.ML.Data;

/// <summary>Values of one column, kept by slot.</summary>
internal abstract class ColumnStore
{
    private protected ColumnStore()
    {
    }

    internal static ColumnStore Create(DataViewType type) => type is VectorDataViewType vector
        ? Getters.Invoke<ColumnStore>(CreateVectors<int>, vector.ItemType.RawType)
        : Getters.Invoke<ColumnStore>(CreateScalars<int>, type.RawType);

    /// <summary>An action that stores the row's current value in a slot; slots are filled in order, and then again.</summary>
    internal abstract Action<int> CreateFill(DataViewRow row, DataViewSchema.Column column);

    /// <summary>A getter of the value in whichever slot is current when it is called.</summary>
    internal abstract Delegate CreateGetter(Func<int> currentSlot);

    private static ColumnStore<T> CreateScalars<T>() => new((in T source, ref T destination) => destination = source);

    private static ColumnStore<VBuffer<T>> CreateVectors<T>() => new((in VBuffer<T> source, ref VBuffer<T> destination) => source.CopyTo(ref destination));
}
