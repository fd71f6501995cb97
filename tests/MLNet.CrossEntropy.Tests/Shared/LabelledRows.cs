using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// Rows of a few classes, with the label that each trainer takes: a key, whether it is the second class, an answer for each class.
/// </summary>
internal sealed record LabelledRows(float[][] X, int[] Y, int Classes, float[] Weights)
{
    public int Features => X[0].Length;

    /// <summary>A small problem: values that overlap between the classes, each of which has rows, and weights 1 to 3.</summary>
    public static LabelledRows Draw(int seed)
    {
        var random = new Random(seed);
        int classes = random.Next(2, 5), features = random.Next(1, 5);
        int[] y = [.. Enumerable.Range(0, random.Next(3 * classes, 40)).Select(i => i < classes ? i : random.Next(classes))];
        float[][] x =
            [.. y.Select(
            label => Enumerable.Range(0, features).Select(j => (random.Next(-4, 5) + (j % classes == label ? 2 : 0)) / 2f).ToArray())];
        return new LabelledRows(x, y, classes, [.. y.Select(_ => (float)random.Next(1, 4))]);
    }

    /// <summary>The three classes of <see cref="RowTable.Gaussian"/>, all of weight 1.</summary>
    public static LabelledRows Gaussian(int rows, int features)
    {
        RowTable table = RowTable.Gaussian(rows, features, classes: 3);
        return new LabelledRows(table.X, table.Y, table.Classes, [.. table.Y.Select(_ => 1f)]);
    }

    /// <summary>The same rows in another order, some of them left out or repeated.</summary>
    public LabelledRows Pick(IEnumerable<int> rows)
    {
        int[] picked = [.. rows];
        return this with
        {
            X = [.. picked.Select(i => X[i])],
            Y = [.. picked.Select(i => Y[i])],
            Weights = [.. picked.Select(i => Weights[i])]
        };
    }

    /// <summary>The same rows with other features.</summary>
    public LabelledRows Map(Func<float[], float[]> features) => this with { X = [.. X.Select(features)] };

    /// <summary>Columns Features, ClassIndex, IsSecond, Answers and Weight.</summary>
    /// <param name="sparse">Whether zeros are left out of the vectors.</param>
    public IDataView View(bool sparse = false) => Columns(sparse).Build();

    /// <summary>The view's columns, to which others can be added.</summary>
    public InMemoryView.Builder Columns(bool sparse = false) => new InMemoryView.Builder()
        .Add("Features", new VectorDataViewType(NumberDataViewType.Single, Features),
            X.Select(row => sparse ? Sparse(row) : new VBuffer<float>(row.Length, row)))
        .AddKeys("ClassIndex", Y.Select(label => (uint)label + 1), Classes)
        .Add("IsSecond", BooleanDataViewType.Instance, Y.Select(label => label == 1))
        .Add("Answers", new VectorDataViewType(BooleanDataViewType.Instance, Classes),
            Y.Select(label => new VBuffer<bool>(Classes, 1, [true], [label])))
        .Add("Weight", NumberDataViewType.Single, Weights);

    private static VBuffer<float> Sparse(float[] row)
    {
        int[] indices = [.. Enumerable.Range(0, row.Length).Where(j => row[j] != 0)];
        return new VBuffer<float>(row.Length, indices.Length, [.. indices.Select(j => row[j])], indices);
    }
}
