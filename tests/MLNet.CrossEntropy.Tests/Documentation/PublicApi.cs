using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The public API of an assembly as text, a type or member a line, in an order that does not depend on the source's.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly)
        => assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany((type, i) => Lines(type).Prepend("").Skip(i == 0 ? 1 : 0));

    /// <summary>What a type declares for its users and, unless it is sealed, its heirs; not what the compiler adds to a record.</summary>
    public static IEnumerable<MemberInfo> MembersOf(Type type)
        => type.IsEnum ? type.GetFields(BindingFlags.Public | BindingFlags.Static) : type.GetMembers(Declared).Where(IsOurs);

    private static bool IsOurs(MemberInfo member) => member switch
    {
        MethodBase method => IsVisible(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && (!method.IsSpecialName || method.IsConstructor || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible) && property.Name != "EqualityContract",
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static IEnumerable<string> Lines(Type type)
    {
        var bases = new[] { type.BaseType }.Where(parent => type.IsClass && parent is not null && parent != typeof(object) && !typeof(Delegate).IsAssignableFrom(parent))
            .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(face => face.IsVisible && !type.IsEnum && face.Name != "IEquatable`1").OrderBy(face => face.FullName, StringComparer.Ordinal))
            .Select(parent => ApiNames.Of(parent!));
        var inherits = string.Join(", ", bases);
        yield return $"{Kind(type)} {type.Namespace}.{ApiNames.Of(type)}{(inherits.Length > 0 ? $" : {inherits}" : "")}";
        var members = MembersOf(type);
        var lines = type.IsEnum
            ? members.Cast<FieldInfo>().Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}")
            : members.Select(member => (member.Name, Line: Line(member))).OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Line, StringComparer.Ordinal).Select(member => member.Line);
        foreach (var line in lines)
            yield return $"  {line}";
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        if (type.IsValueType)
            return type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct";
        return (type.IsAbstract, type.IsSealed) switch { (true, true) => "static class", (true, false) => "abstract class", (false, true) => "sealed class", _ => "class" };
    }

    private static string Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"{Access(constructor)}new({ApiNames.Parameters(constructor)})",
        MethodInfo method => $"{Access(method)}{ApiNames.Signature(method)}",
        PropertyInfo property => $"{Access(property.GetMethod ?? property.SetMethod!)}{ApiNames.Signature(property)} {{ {Accessors(property)}}}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{ApiNames.Of(field.FieldType)} {field.Name}",
        _ => member.ToString()!,
    };

    private static string Access(MethodBase method)
    {
        var heirs = method.IsPublic ? "" : "protected ";
        if (method.IsStatic)
            return $"{heirs}static ";
        if (method.IsAbstract)
            return method.DeclaringType!.IsInterface ? "" : $"{heirs}abstract ";
        var overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        return heirs + (overrides ? "override " : method.IsVirtual && !method.IsFinal ? "virtual " : "");
    }

    private static string Accessors(PropertyInfo property)
    {
        var set = !IsVisible(property.SetMethod) ? ""
            : property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        return (IsVisible(property.GetMethod) ? "get; " : "") + set + (property.IsDefined(typeof(RequiredMemberAttribute)) ? "required; " : "");
    }
}
