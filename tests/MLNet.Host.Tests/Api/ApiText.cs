using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MLNet.Host.Tests;

/// <summary>Public types and members in the words of Golden/api-5.0.0.txt.</summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    /// <summary>"Namespace | modifiers kind Name", without bases.</summary>
    public static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class";
        var modifier = kind != "class" ? "" : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return $"{type.Namespace} | {modifier}{kind} {Name(type)}";
    }

    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return [string.Join(", ", Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"))];
        if (typeof(Delegate).IsAssignableFrom(type))
            return [Method(type.GetMethod("Invoke")!)];
        return type.GetMembers(Declared).Select(Member).OfType<string>();
    }

    private static string? Member(MemberInfo member) => member switch
    {
        FieldInfo field when IsVisible(field) => $"{Access(field)}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => Property(property),
        EventInfo @event => $"event {Name(@event.EventHandlerType!)} {@event.Name}",
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic => $"{Access(constructor)}ctor({Parameters(constructor)})",
        MethodInfo method when IsVisible(method) && !method.IsSpecialName => Method(method),
        _ => null,
    };

    private static string? Property(PropertyInfo property)
    {
        var getter = property.GetMethod is { } get && IsVisible(get) ? get : null;
        var setter = property.SetMethod is { } set && IsVisible(set) ? set : null;
        if ((getter ?? setter) is not { } accessor)
            return null;
        var index = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{string.Join(", ", property.GetIndexParameters().Select(Parameter))}]";
        return $"{Access(accessor)}{(accessor.IsStatic ? "static " : "")}{Name(property.PropertyType)} {index} {{ {(getter != null ? "get; " : "")}{(setter != null ? "set; " : "")}}}";
    }

    private static string Method(MethodInfo method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        var isAbstract = method.IsAbstract && !method.DeclaringType!.IsInterface;
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Access(method)}{(method.IsStatic ? "static " : "")}{(isAbstract ? "abstract " : "")}{Name(method.ReturnType)} {method.Name}{generic}({(isExtension ? "this " : "")}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ") : "";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return $"{prefix}{Name(type)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter, type)}" : "")}";
    }

    private static string Default(ParameterInfo parameter, Type type) => parameter.DefaultValue switch
    {
        null => "null",
        bool value => value ? "true" : "false",
        string text => $"\"{text}\"",
        _ when type.IsEnum => $"{Name(type)}.{Enum.ToObject(type, parameter.DefaultValue)}",
        object value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        var arguments = type.GetGenericArguments();
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var outer = type.DeclaringType == null ? "" : $"{NameOfDeclaring(type, arguments[..inherited])}.";
        var own = arguments.Length > inherited ? $"<{string.Join(", ", arguments[inherited..].Select(Name))}>" : "";
        return $"{outer}{type.Name.Split('`')[0]}{own}";
    }

    private static string NameOfDeclaring(Type type, Type[] arguments)
        => Name(arguments.Length == 0 ? type.DeclaringType! : type.DeclaringType!.MakeGenericType(arguments));

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Access(FieldInfo field) => field.IsPublic ? "" : "protected ";
}
