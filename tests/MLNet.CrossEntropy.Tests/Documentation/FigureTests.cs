using System.Xml.Linq;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Reporting;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The pages' figures are drawn by the reports' own plots, and are as drawn.</summary>
public sealed class FigureTests
{
    private const string Style = "rect{fill:#fff}.grid{stroke:#e3e3e3}.axis{stroke:#666}.line{fill:none;stroke-width:2.5}.s1{stroke:#0b62a4}.s2{stroke:#c2410c}.dashed{stroke-dasharray:7 4}text{font:12px sans-serif;fill:#333}.label{font-weight:600}";
    private const int Points = 200;

    private static readonly double[] Probabilities = [.. Enumerable.Range(1, Points - 1).Select(i => i / (double)Points)];

    [Fact]
    public void Surprise_and_entropy_are_as_drawn()
        => Repository.Check("docs/figures/surprise.svg", Draw(
            "Surprise and entropy", "probability", "bits", Scale.Linear(0, 6),
            ("surprise −log p: without bound", p => -Math.Log2(p)),
            ("entropy of a coin: at most 1 bit", p => InformationTheory.Entropy<double>([p, 1 - p], inBits: true))));

    [Fact]
    public void Gradients_are_as_drawn()
        => Repository.Check("docs/figures/gradients.svg", Draw(
            "How hard a loss pulls at the logit", "probability q given to the true class", "size of the gradient", Scale.Linear(0, 1),
            ("cross-entropy, 1 − q", q => Gradient(q, new SigmoidCrossEntropyLoss())),
            ("squared error, 2 q (1 − q)²", q => Gradient(q, new SigmoidBrierLoss()))));

    private static double Gradient(double q, LogitLoss loss) =>
        Math.Abs(loss.Of([Math.Log(q / (1 - q))], RowTarget.Class(1)).Gradient[0]);

    private static string Draw(string title, string x, string y, Scale scale, params (string Name, Func<double, double> Of)[] curves)
    {
        Plot plot = new(Scale.Linear(0, 1), scale, 70, 20, 520, 260);
        var svg = Plot.Drawing(620, 330);
        svg.Add(new XElement("title", title), new XElement("style", Style), Plot.Rectangle(0, 0, 620, 330, "paper"), plot.XAxis(x), plot.YAxis(y));
        foreach ((var i, (var name, var of)) in curves.Index())
        {
            var kind = i == 0 ? "line s1" : "line s2 dashed";
            svg.Add(
                Plot.Path(Probabilities.Where(p => of(p) <= scale.High).Select(p => (plot.X(p), plot.Y(of(p)))), kind),
                Plot.Path([(330, 40 + 22 * i), (370, 40 + 22 * i)], kind),
                Plot.Text(380, 44 + 22 * i, name, "tick"));
        }

        foreach (var element in svg.DescendantsAndSelf())
            element.Name = XName.Get(element.Name.LocalName, "http://www.w3.org/2000/svg");
        return svg.ToString(SaveOptions.None).ReplaceLineEndings("\n") + "\n";
    }
}
