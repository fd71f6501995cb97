using MLNet.CrossEntropy.Tests.Shared;
using Xunit.Abstractions;

namespace MLNet.CrossEntropy.Tests.Tables;

/// <summary>
/// Every kind of text, errors among them, is that of the invariant culture whatever the current one is. The tests themselves know no other
/// culture; tests/WritesInCultures runs with the system's.
/// </summary>
public sealed class CultureTests(ITestOutputHelper output)
{
    private static readonly string[] Cultures = ["sv-SE", "ar-SA", "th-TH", "tr-TR"];

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void No_culture_changes_a_text(string withoutCultures)
    {
        string[] printed;
        try
        {
            printed = Write(withoutCultures);
        }
        catch (Xunit.Sdk.TrueException error) when (error.Message.Contains("ICU", StringComparison.Ordinal))
        {
            output.WriteLine("The system has no ICU and knows no cultures: those made by hand take their place.");
            printed = Write("1");
        }
        foreach (var line in printed)
            output.WriteLine(line);
        Assert.Equal(Cultures, printed.Where(l => l.EndsWith(": system", StringComparison.Ordinal)
            || l.EndsWith(": by hand", StringComparison.Ordinal)).Select(l => l.Split(':')[0]));
        Assert.Matches("^texts: [3-9][0-9]$", printed[^1]);
        Assert.Equal(Cultures.Length + 1, printed.Length);
    }

    /// <summary>What the program prints; without the system's cultures it makes its own.</summary>
    private static string[] Write(string withoutCultures) => OtherProcess
        .Run(
            AppContext.BaseDirectory, "dotnet", [OtherProcess.ProgramOf("WritesInCultures"), .. Cultures],
            ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", withoutCultures))
        .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
