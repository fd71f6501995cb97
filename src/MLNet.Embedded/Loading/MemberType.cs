using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>A member's type in terms of columns: a primitive type, or a vector of one as an array or VBuffer.</summary>
internal readonly record struct MemberType(Type DeclaredType, PrimitiveDataViewType ItemType, bool IsVector)
{
    internal static MemberType Of(MemberInfo member)
    {
        Type declared = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        bool isVector = declared.IsArray || (declared.IsGenericType && declared.GetGenericTypeDefinition() == typeof(VBuffer<>));
        Type item = !isVector ? declared : declared.IsArray ? declared.GetElementType() : declared.GetGenericArguments()[0];
        PrimitiveDataViewType itemType = DataKinds.PrimitiveTypeOrNull(item)
            ?? throw new ArgumentOutOfRangeException(nameof(member), $"Could not determine an IDataView type for member {member.Name} of type {declared}. Mark it with [NoColumn] if it is not a column.");
        return new MemberType(declared, itemType, isVector);
    }
}
