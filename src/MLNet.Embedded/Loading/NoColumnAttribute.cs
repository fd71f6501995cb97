namespace Microsoft.ML.Data;

/// <summary>Keeps a member from becoming a column.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class NoColumnAttribute : Attribute
{
    public NoColumnAttribute()
    {
    }
}
