using System.Text.Json.Nodes;
using System.Xml.Linq;
using MLNet.CrossEntropy.Tests.Reporting;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>Texts that come from outside: reports as JSON, and names on a page.</summary>
public class TextFuzzTests
{
    [Fact]
    public void Json_is_a_report_that_can_be_shown_or_a_format_error() => Fuzz.Run(500, random =>
    {
        TrainingReport report;
        try
        {
            report = TrainingReport.FromJson(Forge(random));
        }
        catch (FormatException)
        {
            return;
        }

        Assert.All(report.History, epoch => Assert.True(epoch.TimeLeft >= TimeSpan.Zero));
        Assert.Equal(report.ToJson(), TrainingReport.FromJson(report.ToJson()).ToJson());
        Assert.NotEmpty(new CrossEntropyReport("Forged").Add("fit", Evaluated.Binary(), report).ToHtml());
    });

    [Theory]
    [InlineData("history", "null")]
    [InlineData("history", "[null]")]
    [InlineData("history", "[{\"epoch\": 0}]")]
    [InlineData("history", "[{\"epoch\": 1, \"elapsed\": \"-10675199.02:48:05.4775808\"}]")]
    [InlineData("certificate", "null")]
    [InlineData("rows", "null")]
    [InlineData("stopReason", "99")]
    [InlineData("bestEpoch", "9")]
    public void A_part_that_makes_no_sense_is_refused(string part, string value)
    {
        var document = JsonNode.Parse(Reports.Training(3).ToJson())!;
        document["report"]![part] = JsonNode.Parse(value);
        Assert.Throws<FormatException>(() => TrainingReport.FromJson(document.ToJsonString()));
    }

    [Fact]
    public void The_time_left_is_never_beyond_what_time_can_be()
    {
        foreach (var elapsed in (TimeSpan[])[TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.Zero])
        {
            foreach (var epoch in (int[])[int.MinValue, -1, 0, 1, int.MaxValue])
            {
                var report = new EpochReport { Epoch = epoch, MaximumEpochs = int.MaxValue, Elapsed = elapsed };
                Assert.InRange(report.TimeLeft, TimeSpan.Zero, TimeSpan.MaxValue);
            }
        }
    }

    [Fact]
    public void No_name_becomes_a_script() => Fuzz.Run(12, random =>
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(i => $"{i}{Hostile(random)}")];
        var page = new CrossEntropyReport(Hostile(random)) { Introduction = Hostile(random) }
            .Add(Hostile(random), Evaluated.Multiclass(rows: 40, names: names), Reports.Training(2))
            .Add(Reports.Section(Hostile(random)));
        var root = new ReportDocument(page.ToHtml()).Root;
        Assert.DoesNotContain(root.Descendants(), e => e.Name.LocalName is "script" or "iframe" or "object" or "base" or "link");
        Assert.All(root.DescendantsAndSelf().Attributes(), attribute =>
        {
            Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase), $"{attribute}");
            if (attribute.Name.LocalName == "href")
                Assert.StartsWith("#", attribute.Value, StringComparison.Ordinal);
        });
    });

    private static string Hostile(Random random) => "A name" + string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Of(
        "<script>alert(1)</script>", "\" onload=\"x", "'><img src=x onerror=y>", "]]>", "<!--", "-->", "</title>", "&lt;", "&#60;",
        "javascript:x", "\0", "\u001b", "\ud800", "\udc00", "\u202e", "x", "日本", new string('w', 300), "</style>", "{{", "\r\n", "\ufffe")));

    private static string Forge(Random random)
    {
        var json = Reports.Training(random.Next(4)).ToJson();
        switch (random.Next(3))
        {
            case 0:
                var text = json.ToCharArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    text[random.Next(text.Length)] = random.Of("{}[]\",:0-9eNn\\u\0\ud800 ".ToCharArray());
                return new string(text);
            case 1:
                return json[..random.Next(json.Length)];
            default:
                var document = JsonNode.Parse(json)!;
                var report = document["report"]!.AsObject();
                var history = report["history"]!.AsArray();
                var owner = random.Next(2) == 0 && history.Count > 0 ? history[random.Next(history.Count)]!.AsObject() : report;
                var name = owner.Select(pair => pair.Key).ElementAt(random.Next(owner.Count));
                owner[name] = JsonNode.Parse(random.Of(
                    "null", "0", "-1", "1e400", "2147483648", "9223372036854775807", "\"NaN\"", "\"Infinity\"", "[]", "[null]", "{}",
                    "\"x\"", "true", "\"-10675199.02:48:05.4775808\"", "\"10675199.02:48:05.4775807\"", "1.5", "3", "\"saga\"", "\"brier\""));
                return document.ToJsonString();
        }
    }
}
