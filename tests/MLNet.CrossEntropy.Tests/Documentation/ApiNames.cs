using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>Types and signatures as C# would write them.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(byte)] = "byte",
    };

    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsByRef)
            return Of(type.GetElementType()!);
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Of(value)}?";
        if (type.IsGenericParameter)
            return type.Name;
        var outer = type.DeclaringType is { } declaring ? $"{Of(declaring)}." : "";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{outer}{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : outer + name;
    }

    public static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Of))}>" : "";
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{Of(method.ReturnType)}{Mark(new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}{generic}({extension}{Parameters(method)})";
    }

    public static string Signature(PropertyInfo property)
    {
        var index = string.Join(", ", property.GetIndexParameters().Select(Parameter));
        return $"{Of(property.PropertyType)}{Mark(new NullabilityInfoContext().Create(property))} {property.Name}{(index.Length > 0 ? $"[{index}]" : "")}";
    }

    public static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var passed = parameter switch { { IsOut: true } => "out ", { IsIn: true, ParameterType.IsByRef: true } => "in ", { ParameterType.IsByRef: true } => "ref ", _ => "" };
        return $"{passed}{Of(parameter.ParameterType)}{Mark(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}";
    }

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var value => parameter.ParameterType.IsEnum ? Enum.GetName(parameter.ParameterType, value)! : Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The mark of a reference that may be null; a value type's is part of its name.</summary>
    private static string Mark(NullabilityInfo info) => !info.Type.IsValueType && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? "?" : "";
}
