using System.Text;
using DogCat.Data;
using Microsoft.ML;
using PictureFiles;
using Spectre.Console;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>A few test pictures on the terminal, each with its label and what the model says.</summary>
internal static class Gallery
{
    private const int Shown = 4;
    private const int Side = 18;

    /// <summary>Shows pictures from all over the set; nothing on a terminal without colours.</summary>
    public static void Write(IAnsiConsole terminal, MLContext ml, ITransformer model, PictureSet test, IDataView features)
    {
        if (terminal.Profile.Capabilities.ColorSystem < ColorSystem.EightBit || test.Count < Shown)
            return;
        long[] chosen = [.. Enumerable.Range(0, Shown).Select(i => (2L * i + 1) * test.Count / (2 * Shown))];
        var grid = new Grid().AddColumns(Shown);
        grid.AddRow([.. chosen.Select(i => new Markup(Draw(test.Items[(int)i].Picture.ToSquare(Side))))]);
        grid.AddRow([.. chosen.Select(i => Caption(test.Items[(int)i], Prediction.Of(model, ml.Data.TakeRows(ml.Data.SkipRows(features, i), 1)).Single()))]);
        terminal.Write(grid);
    }

    private static Markup Caption(LabelledPicture picture, Prediction prediction)
    {
        var right = prediction.Answer == picture.Label;
        return new Markup(Invariant($"a {picture.Label}; it says\n[{(right ? "green" : "red")}]{prediction.Answer}, {prediction.Confidence:P0} sure[/]"));
    }

    /// <summary>Two pixels a character: the upper half block in the one's colour on the other's.</summary>
    private static string Draw(Picture picture)
    {
        var markup = new StringBuilder();
        for (var y = 0; y + 1 < picture.Height; y += 2)
        {
            for (var x = 0; x < picture.Width; x++)
                markup.Append(Invariant($"[{Colour(picture[x, y])} on {Colour(picture[x, y + 1])}]▀[/]"));
            markup.Append('\n');
        }
        return markup.ToString();
    }

    private static string Colour(ReadOnlySpan<byte> pixel) => Invariant($"rgb({pixel[0]},{pixel[1]},{pixel[2]})");
}
