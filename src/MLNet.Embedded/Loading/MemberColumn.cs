using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>A member of a class bound to a column, with compiled access to it.</summary>
internal sealed class MemberColumn
{
    private readonly MemberInfo _member;
    private readonly DataViewSchema.Annotations _annotations;

    private MemberColumn(Type userType, SchemaDefinition.Column definition)
    {
        Check.NonEmpty(definition.MemberName);
        _member = (MemberInfo)userType.GetField(definition.MemberName) ?? userType.GetProperty(definition.MemberName)
            ?? throw new ArgumentOutOfRangeException(nameof(definition), $"No field or property with name '{definition.MemberName}' found in type '{userType.FullName}'");
        _annotations = definition.Annotations;
        MemberType = MemberType.Of(_member);
        Name = string.IsNullOrEmpty(definition.ColumnName) ? definition.MemberName : definition.ColumnName;
        Type = definition.ColumnType ?? (MemberType.IsVector ? new VectorDataViewType(MemberType.ItemType) : MemberType.ItemType);
        if (!Fits(Type))
            throw new ArgumentOutOfRangeException(nameof(definition), $"Column '{Name}' is supposed to be {Type}, but the associated member '{_member.Name}' is a {MemberType.DeclaredType}");
    }

    internal string Name { get; }

    internal DataViewType Type { get; }

    internal MemberType MemberType { get; }

    internal static MemberColumn[] Bind(Type userType, SchemaDefinition definition, SchemaDefinition.Direction direction)
        => [.. (definition ?? SchemaDefinition.Create(userType, direction)).Select(column => new MemberColumn(userType, column))];

    internal static DataViewSchema ToSchema(MemberColumn[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (MemberColumn column in columns)
            builder.AddColumn(column.Name, column.Type, column._annotations);
        return builder.ToSchema();
    }

    /// <summary>Whether values of a column of that type can be held by the member.</summary>
    internal bool Fits(DataViewType type)
        => type is VectorDataViewType == MemberType.IsVector && type.GetItemType().RawType == MemberType.ItemType.RawType;

    internal string Describe() => $"'{_member.Name}' of type '{MemberType.DeclaredType.FullName}'";

    /// <summary>A compiled <c>row => row.Member</c>, a Func of the row and member types.</summary>
    internal Delegate CompileRead<TRow>()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda(typeof(Func<,>).MakeGenericType(typeof(TRow), MemberType.DeclaredType), Expression.MakeMemberAccess(row, _member), row).Compile();
    }

    /// <summary>A compiled <c>(row, value) => row.Member = value</c>, an Action of the row and member types.</summary>
    internal Delegate CompileWrite<TRow>()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        ParameterExpression value = Expression.Parameter(MemberType.DeclaredType);
        Expression assign = Expression.Assign(Expression.MakeMemberAccess(row, _member), value);
        Expression body = Expression.Block(typeof(void), assign);
        return Expression.Lambda(typeof(Action<,>).MakeGenericType(typeof(TRow), MemberType.DeclaredType), body, row, value).Compile();
    }
}
