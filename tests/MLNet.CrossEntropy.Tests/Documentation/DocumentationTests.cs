using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>What the pages show is compiled and run, and prints what they say it prints.</summary>
public sealed class DocumentationTests
{
    private const string PackageReadme = "src/MLNet.CrossEntropy/PackageReadme.md";

    public static TheoryData<string> Files => [.. Page.All.Select(page => page.File)];

    public static TheoryData<string> Programs => [.. Page.All.Where(page => page.Blocks.Count > 0).Select(page => page.File)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_page_s_blocks_are_a_program_that_prints_what_the_page_shows(string file)
    {
        using var folder = new TemporaryFolder();
        var page = new Page(file);
        var printed = PageProgram.Run(page, folder.File);
        if (Repository.IsToBeUpdated)
            page.Show(printed);
        foreach (var (block, output) in page.Program.Zip(printed))
            Assert.True(output == block.Output, $"{file} shows another output below\n{block.Code}which printed\n{output}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void All_blocks_are_found(string file) => Assert.Equal(new Page(file).Fences, new Page(file).Blocks.Count);

    [Theory]
    [MemberData(nameof(Files))]
    public void Links_lead_to_files_and_sections_that_exist(string file)
    {
        var page = new Page(file);
        Assert.All(page.Links, link =>
        {
            var target = link.File.Length == 0 ? file : Path.GetRelativePath(".", Path.Combine(Path.GetDirectoryName(file)!, link.File));
            Assert.True(Repository.Has(target), $"{file} links to {link.File}, which does not exist.");
            Assert.True(link.Section.Length == 0 || new Page(target).Sections.Contains(link.Section), $"{file} links to {link.File}#{link.Section}, which does not exist.");
        });
    }

    [Fact]
    public void The_packages_readme_shows_the_pipeline_and_links_to_no_file_that_it_lacks()
    {
        var readme = new Page(PackageReadme);
        Assert.Equal(new Page("README.md").Blocks, readme.Blocks);
        Assert.Empty(readme.Links);
    }
}
