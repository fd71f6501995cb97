namespace Microsoft.ML;

/// <summary>Fills <paramref name="value"/> with the current row's value; buffers already in it may be reused.</summary>
public delegate void ValueGetter<TValue>(ref TValue value);
