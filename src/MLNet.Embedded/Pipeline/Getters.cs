namespace Microsoft.ML.Data;

internal static class Getters
{
    internal const string NoRow = "There is no current row: call MoveNext first, and stop when it returns false.";

    /// <summary>The getter as one of <typeparamref name="TValue"/>, or an error naming the column and its type.</summary>
    internal static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column)
        => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type} with values of type {column.Type.RawType}; it cannot be read as {typeof(TValue)}.");

    /// <summary>Calls the generic method <paramref name="method"/> (given for any one type) with a type argument known at run time.</summary>
    internal static TResult Invoke<TResult>(Delegate method, Type typeArgument, params object[] args)
        => (TResult)method.Method.GetGenericMethodDefinition().MakeGenericMethod(typeArgument)
            .Invoke(method.Target, System.Reflection.BindingFlags.DoNotWrapExceptions, null, args, null);

    /// <summary>The getter of a column whose value type is known at run time only.</summary>
    internal static Delegate GetGetterDelegate(this DataViewRow row, DataViewSchema.Column column)
        => Invoke<Delegate>(GetDelegate<int>, column.Type.RawType, row, column);

    private static Delegate GetDelegate<TValue>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<TValue>(column);
}
