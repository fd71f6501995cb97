using System.Reflection;
using System.Xml.Linq;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The public API is what a reviewed list says, and all of it is documented.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Product = typeof(SoftmaxCrossEntropyTrainer).Assembly;

    [Fact]
    public void The_public_API_is_as_listed()
        => Repository.Check("src/MLNet.CrossEntropy/PublicApi.txt", string.Concat(PublicApi.Of(Product).Select(line => line + "\n")));

    [Fact]
    public void Every_public_type_is_in_a_namespace_of_ours_but_for_the_catalog()
        => Assert.All(Product.GetExportedTypes(), type => Assert.True(
            type.Namespace!.StartsWith("MLNet.CrossEntropy", StringComparison.Ordinal) || type == typeof(Microsoft.ML.CrossEntropyCatalog), type.FullName));

    [Fact]
    public void Every_public_member_is_documented()
    {
        XDocument file = XDocument.Load(Path.ChangeExtension(Product.Location, ".xml"));
        HashSet<string> documented = [.. file.Descendants("member").Where(member => member.HasElements).Select(member => member.Attribute("name")!.Value.Split('(')[0])];
        string[] members =
        [
            .. Product.GetExportedTypes().Select(type => $"T:{Name(type)}"),
            .. Product.GetExportedTypes().SelectMany(type => PublicApi.MembersOf(type).Select(member => (Kind: Kind(member), Type: Name(type), Member: member)))
                .Where(member => member.Kind != 'N' && !member.Member.Name.StartsWith("op_", StringComparison.Ordinal) && member.Member.Name != "value__")
                .Select(member => $"{member.Kind}:{member.Type}.{member.Member.Name}{Arity(member.Member)}"),
        ];
        Assert.True(members.Length > 500);
        Assert.Empty(members.Except(documented));
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Arity(MemberInfo member) => member is MethodInfo { IsGenericMethod: true } method ? $"``{method.GetGenericArguments().Length}" : "";

    /// <summary>A constructor need not say more than its type does.</summary>
    private static char Kind(MemberInfo member) => member switch { MethodInfo => 'M', PropertyInfo => 'P', FieldInfo => 'F', EventInfo => 'E', _ => 'N' };
}
