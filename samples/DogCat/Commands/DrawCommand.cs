using DogCat.Data;
using DogCat.Drawing;
using DogCat.Reporting;
using PictureFiles.Png;

namespace DogCat.Commands;

/// <summary>Writes drawn pictures to a folder, laid out as <c>train --images</c> reads them, and a sheet of some of them.</summary>
internal static class DrawCommand
{
    private const int SheetColumns = 12;
    private const int OnSheet = 72;

    public static ExitCode Run(string folder, DataOptions options, Report report, CancellationToken cancellation)
    {
        options.Check();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UserException($"The folder '{folder}' is not empty; drawn pictures go into an empty or a new one.");
        var data = Pictures.Get(options with { Images = null }, report, cancellation);
        report.Working("Writing them", "pictures", data.Train.Count + data.Test.Count, done =>
        {
            Write(Path.Combine(folder, "train"), data.Train, done, cancellation);
            Write(Path.Combine(folder, "test"), data.Test, done, cancellation);
            return true;
        });
        var sheet = Path.Combine(folder, "sheet.png");
        File.WriteAllBytes(sheet, PngEncoder.Encode(ContactSheet.Of([.. data.Test.Pictures.Take(OnSheet)], SheetColumns, zoom: 2)));
        report.Drawn(folder, sheet);
        return ExitCode.Done;
    }

    private static void Write(string folder, PictureSet set, Action done, CancellationToken cancellation)
    {
        foreach (var label in set.Items.Select(i => i.Label).Distinct())
            Directory.CreateDirectory(Path.Combine(folder, label));
        Parallel.For(0, set.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            File.WriteAllBytes(Path.Combine(folder, set.Items[i].Label, $"{i:D5}.png"), PngEncoder.Encode(set.Items[i].Picture));
            done();
        });
    }
}
