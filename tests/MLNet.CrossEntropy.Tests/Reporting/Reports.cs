namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>Reports of every kind, ordinary and degenerate; a new one here gets every test of the page's structure.</summary>
internal static class Reports
{
    public const string Hostile = "</title><script>alert('x')</script> & \"quotes\" \u0000\u001b\ud800 日本 ]]> <!--";

    public static readonly IReadOnlyDictionary<string, Func<CrossEntropyReport>> All = new Dictionary<string, Func<CrossEntropyReport>>
    {
        ["empty"] = () => new("Nothing"),
        ["multiclass"] = () => new CrossEntropyReport("Trees") { Date = new(2026, 11, 21, 14, 0, 0, TimeSpan.Zero), Introduction = "Drawn." }.Add("one", Evaluated.Multiclass(), Training(20)),
        ["bits"] = () => new CrossEntropyReport("Trees") { InBits = true }.Add("one", Evaluated.Multiclass()).Add("two", Evaluated.Multiclass(seed: 7)),
        ["binary"] = () => new CrossEntropyReport("Yes or no").Add("sigmoid", Evaluated.Binary(), Training(3)),
        ["multi-label"] = () => new CrossEntropyReport("Labels").Add("labels", Evaluated.MultiLabel()),
        ["infinite"] = () => new CrossEntropyReport("Infinite").Add("bad", Evaluated.Degenerate()).Add("good", Evaluated.Multiclass()),
        ["one row"] = () => Of([1], [[0.25, 0.5, 0.25]]),
        ["no row"] = () => Of([-1], [[0.25, 0.5, 0.25]]),
        ["all certain"] = () => Of([0, 0], [[1, 0, 0], [1, 0, 0]]),
        ["20 classes"] = () => new CrossEntropyReport("20").Add("one", Evaluated.Multiclass(classes: 20)),
        ["50 classes"] = () => new CrossEntropyReport("50").Add("one", Evaluated.Multiclass(classes: 50)),
        ["200 classes"] = () => new CrossEntropyReport("200").Add("one", Evaluated.Multiclass(classes: 200)),
        ["1001 classes"] = () => new CrossEntropyReport("1001").Add("one", Evaluated.Multiclass(rows: 50, classes: 1001)),
        ["hostile"] = () => new CrossEntropyReport(Hostile) { Introduction = Hostile }
            .Add(Hostile, Evaluated.Multiclass(names: [Hostile, new string('x', 300), ""]), Training(2))
            .Add("labels", Evaluated.MultiLabel())
            .Add(Section(Hostile)),
        ["other losses"] = () => new CrossEntropyReport("Other losses")
            .Add("by squared error", Training(4) with { MinimizedBrier = true })
                .Add("one epoch", Training(1) with { MinimizedBrier = true }),
        ["training"] = () => new CrossEntropyReport("Curves").Add("long", Training(3000)).Add("short", Training(1)).Add("diverged", Training(3, double.NaN)).Add("wide", Training(50, 1e6)),
        ["comparison"] = () => new CrossEntropyReport("Compared").Add("one", Evaluated.Multiclass()).Add(Comparison()).Add(Folds()).Add(Section("More")),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static TrainingReport Training(int epochs, double firstLoss = 1) => new()
    {
        Rows = new TrainingRowCounts(),
        L2Regularization = 0.001,
        Seed = 5,
        BestEpoch = epochs > 1 ? 2 : null,
        StopReason = StopReason.MaximumEpochs,
        Certificate = new OptimalityCertificate { Objective = 0.5, DataTerm = 0.4, GradientNorm = 1e-5 },
        History =
        [
            .. Enumerable.Range(1, epochs).Select(e => new EpochReport
            {
                Epoch = e,
                MaximumEpochs = epochs,
                Steps = 10L * e,
                LearningRate = 0.1,
                TrainingLoss = firstLoss / e,
                Objective = firstLoss / e + 0.01,
                ValidationLoss = e % 2 == 0 ? firstLoss / e + 0.1 : null,
                Elapsed = TimeSpan.FromSeconds(e),
            }),
        ],
    };

    public static CrossEntropyComparison Comparison()
    {
        PairedComparison pair = new()
        {
            First = "one",
            Second = "two",
            Rows = 400,
            EffectiveRows = 400,
            Groups = null,
            MeanDifference = -0.1,
            ClippedMeanDifference = -0.1,
            StandardError = 0.01,
            DegreesOfFreedom = 399,
            Interval = new(-0.12, -0.08, 0.95),
            PValue = 1e-6,
            AdjustedPValue = 1e-6,
            WinRate = 0.6,
            TieRate = 0.01,
            FirstInfiniteRows = 0,
            SecondInfiniteRows = 0,
            ClippedRows = 0,
            RowsForFirst = [new(3, "row-three", "ash", 1, 0.1, 2, -1.9 / 400)],
            RowsForSecond = [new(4, null, null, 1, 2, 0.1, 1.9 / 400)],
        };
        return new()
        {
            Models = [],
            Pairs = [pair,
                pair with { Second = "three", ClippedMeanDifference = double.NaN, Interval = new(double.NaN, double.NaN, 0.95) }],
            Baseline = null,
            Rows = new RowCounts { Used = 400 },
            GroupColumnName = null,
            ProbabilityFloor = 1e-15,
            ConfidenceLevel = 0.95,
            Seed = 1,
            Warnings = ["A warning."],
        };
    }

    public static CrossEntropyComparison Folds() => CrossEntropyComparison.OfFolds(
        new Dictionary<string, IReadOnlyList<double>> { ["one"] = [0.5, 0.25, 0.3], ["two"] = [0.75, 0.5, 0.6] }, new() { Baseline = "two" });

    public static ReportSection Section(string text) => new ReportSection(text)
        .AddText(text)
        .AddTable(text, [text, "n"], [[text, "1"], ["", ""]])
        .AddLines(text, text, text, [(text, [(0, 2), (1, double.NaN), (2, 1)]), ("none", [])], text)
        .AddLines("no lines", "x", "y", [])
        .AddPictures([(new byte[] { 0x89, 0x50, 0x4e, 0x47, 1, 2 }, text, text)]);

    private static CrossEntropyReport Of(double[] labels, double[][] scores) =>
        new CrossEntropyReport("Few").Add("few", Evaluated.Multiclass(labels, scores, ["a", "b", "c"]));
}
