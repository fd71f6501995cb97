using System.IO.Compression;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Documentation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Package;

/// <summary>The package as its users get it: made, looked into, and used by a program that knows nothing else of us.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Id = "MLNet.CrossEntropy";

    /// <summary>A version of its own, so that no cache of packages answers with another.</summary>
    private static readonly string Version = FormattableString.Invariant($"0.0.0-test.{DateTime.UtcNow.Ticks}");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_package_holds_what_it_should_and_nothing_else()
    {
        using var package = ZipFile.OpenRead(Pack());
        var files = package.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith('_') && !name.StartsWith('[') && !name.StartsWith("package/", StringComparison.Ordinal));
        Assert.Equal(
            [$"{Id}.nuspec", "PackageReadme.md", "icon.png", $"lib/net10.0/{Id}.dll", $"lib/net10.0/{Id}.xml"],
            files.Order(StringComparer.Ordinal));
        Assert.True(File.Exists(_folder.File($"{Id}.{Version}.snupkg")));

        var metadata = Read(package, $"{Id}.nuspec").Root!.Elements().Single();
        string Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("MIT", "icon.png", "PackageReadme.md"), (Of("license"), Of("icon"), Of("readme")));
        Assert.Matches("^## .+\n", Of("releaseNotes"));
        Assert.DoesNotContain("\n## ", Of("releaseNotes"), StringComparison.Ordinal);

        // One range: what the package asks for is what the error of an unsupported version names.
        var dependency = Assert.Single(metadata.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal("Microsoft.ML", dependency.Attribute("id")!.Value);
        Assert.Equal(NativeModels.SupportedVersions, dependency.Attribute("version")!.Value);

        var product = typeof(SoftmaxCrossEntropyTrainer).Assembly;
        var types = product.GetTypes().ToLookup(type => type.FullName!.Replace('+', '.'));
        string[] documented = [.. Read(package, $"lib/net10.0/{Id}.xml").Descendants("member")
            .Select(member => member.Attribute("name")!.Value)];
        Assert.All(documented, name => Assert.True(Owner(name).IsVisible, name));
        Assert.Equal(product.GetExportedTypes().Length, documented.Count(name => name.StartsWith("T:", StringComparison.Ordinal)));

        Type Owner(string name)
        {
            var full = name[2..].Split('(')[0];
            return types[name[0] == 'T' ? full : full[..full.LastIndexOf('.')]].Single();
        }
    }

    [Fact]
    public void The_package_of_MPI_needs_this_one()
    {
        const string Mpi = $"{Id}.Mpi";
        using var package = ZipFile.OpenRead(Pack(Mpi));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{Mpi}.dll"));
        Assert.NotNull(package.GetEntry("PackageReadme.md"));
        Assert.DoesNotContain(package.Entries, entry => entry.Name == $"{Id}.dll");
        var dependencies = Read(package, $"{Mpi}.nuspec").Descendants().Where(element => element.Name.LocalName == "dependency");
        Assert.Contains(dependencies, dependency => dependency.Attribute("id")!.Value == Id);
    }

    [Fact]
    public void The_pages_programs_run_as_they_stand_and_in_a_single_file()
    {
        Pack();
        Write("nuget.config", """<configuration><packageSources><add key="here" value="." /></packageSources></configuration>""");
        Write("Blank.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <EnableSingleFileAnalyzer>false</EnableSingleFileAnalyzer>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="{Id}" Version="[{Version}]" /></ItemGroup>
            </Project>
            """);
        try
        {
            var started = new Page("docs/getting-started.md");
            Write("Program.cs", PageProgram.Source(started));
            Dotnet("build", "-c", "Release", "-o", "built");
            Assert.Equal(string.Concat(started.Blocks.Select(block => block.Output)), Dotnet(_folder.File("built/Blank.dll")).ReplaceLineEndings("\n"));

            var readme = new Page("README.md").Blocks.Single();
            Write("Program.cs", readme.Code);
            Dotnet("publish", "-c", "Release", "-o", "published", "-p:PublishSingleFile=true", "-p:SelfContained=false");
            Assert.Empty(Directory.GetFiles(_folder.File("published"), "*ML*.dll"));
            var program = _folder.File(OperatingSystem.IsWindows() ? "published/Blank.exe" : "published/Blank");
            Assert.Equal(readme.Output, OtherProcess.Run(_folder.Name, program).ReplaceLineEndings("\n"));
            Assert.True(new FileInfo(_folder.File("weather.zip")).Length > 0);
        }
        finally
        {
            ForgetPackage();
        }
    }

    /// <summary>Packs what these tests were built with.</summary>
    private string Pack(string id = Id)
    {
        var artifacts = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName;
        var configuration = typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        OtherProcess.Run(
            Repository.Root, "dotnet", "pack", $"src/{id}", "--no-build", "-c", configuration,
            "-o", _folder.Name, $"-p:PackageVersion={Version}", $"-p:ArtifactsPath={artifacts}");
        return _folder.File($"{id}.{Version}.nupkg");
    }

    /// <summary>Takes the package out of the machine's folder of packages again.</summary>
    private void ForgetPackage()
    {
        var assets = _folder.File("obj/project.assets.json");
        if (!File.Exists(assets))
            return;
        foreach ((var packages, _) in JsonNode.Parse(File.ReadAllText(assets))!["packageFolders"]!.AsObject())
        {
            var package = Path.Combine(packages, Id.ToLowerInvariant(), Version);
            if (Directory.Exists(package))
                Directory.Delete(package, recursive: true);
        }
    }

    private string Dotnet(params string[] arguments) => OtherProcess.Run(_folder.Name, "dotnet", arguments);

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);

    private static XDocument Read(ZipArchive package, string file)
    {
        using var stream = package.GetEntry(file)!.Open();
        return XDocument.Load(stream);
    }
}
