using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Rows with the answers to three questions, each a noisy linear function of the features; some may be missing (NaN).</summary>
internal sealed record MultiLabelData(float[][] Rows, float[][] Answers, float[] Weights)
{
    public static readonly string[] Labels = ["cat", "dog", "bird"];

    public static MultiLabelData Draw(int rows = 240, bool withMissing = false, int seed = 7)
    {
        RowTable table = RowTable.Gaussian(rows, features: 4, classes: 2, seed);
        var random = new Random(seed);
        float[][] answers = [.. table.X.Select((x, i) => new[]
        {
            Answer(1.5f * x[0] - x[1]),
            Answer(x[2] + 0.5f * x[3] - 2),
            Answer(table.Y[i] - 0.5f),
        })];
        if (withMissing)
        {
            foreach (var row in answers)
                row[random.Next(3)] = float.NaN;
            answers[5] = [float.NaN, float.NaN, float.NaN];
        }
        return new MultiLabelData(table.X, answers, [.. answers.Select((_, i) => (float)(1 + i % 3))]);

        float Answer(float logit) => random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
    }

    /// <summary>Columns Features, Label (Single, with slot names), Weight and, without missing answers, Flags (Boolean).</summary>
    public IDataView View(bool named = true)
    {
        var names = named ? InMemoryView.Names("SlotNames", Labels) : null;
        var view = new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), Rows.Select(row => new VBuffer<float>(4, row)))
            .Add("Label", new VectorDataViewType(NumberDataViewType.Single, 3), Answers.Select(row => new VBuffer<float>(3, row)), names)
            .Add("Weight", NumberDataViewType.Single, Weights);
        if (!Answers.Any(row => row.Any(float.IsNaN)))
        {
            // Sparse rows: only the answers that are yes.
            view.Add("Flags", new VectorDataViewType(BooleanDataViewType.Instance, 3), Answers.Select(row =>
            {
                int[] yes = [.. Enumerable.Range(0, 3).Where(k => row[k] == 1)];
                return new VBuffer<bool>(3, yes.Length, [.. yes.Select(_ => true)], yes);
            }), names);
        }
        return view.Build();
    }
}
