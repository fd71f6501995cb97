using MLNet.CrossEntropy.Linear;


namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A small table of rows with labels, in the forms the SGD loop eats.</summary>
internal sealed record RowTable
{
    public required float[][] X { get; init; }

    public required int[] Y { get; init; }

    public float[]? Weights { get; init; }

    public required int Classes { get; init; }

    public int Rows => X.Length;

    public int Features => X[0].Length;

    /// <summary>A data set of sklearn-fits.json, raw or with every column centred and divided by its standard deviation.</summary>
    public static RowTable FromGolden(string dataset, bool standardised)
    {
        var data = GoldenFile.Load("sklearn-fits.json")["datasets"]![dataset]!;
        double[] means = data["mean"].Numbers(), scales = data["scale"].Numbers();
        return new RowTable
        {
            X = [.. data[nameof(X)].Matrix().Select(row =>
                row.Select((value, j) => (float)(standardised ? (value - means[j]) / scales[j] : value)).ToArray())],
            Y = [.. data["y"].Numbers().Select(label => (int)label)],
            Classes = data["classes"]!.AsArray().Count,
            Weights = [.. data["sample_weight"].Numbers().Select(weight => (float)weight)],
        };
    }

    /// <summary>Overlapping classes: standard normal noise, and 1 added to every feature that is the class's own.</summary>
    public static RowTable Gaussian(int rows, int features, int classes, int seed = 1)
    {
        var random = new Random(seed);
        var x = new float[rows][];
        var y = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            y[i] = random.Next(classes);
            x[i] = new float[features];
            for (var j = 0; j < features; j++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                x[i][j] = (float)normal + (j % classes == y[i] ? 1f : 0f);
            }
        }

        return new RowTable { X = x, Y = y, Classes = classes };
    }

    /// <summary>The same rows with a share of the labels drawn anew, whatever the row.</summary>
    public RowTable WithWrongLabels(double share, int seed = 3)
    {
        var random = new Random(seed);
        return this with { Y = [.. Y.Select(label => random.NextDouble() < share ? random.Next(Classes) : label)] };
    }

    /// <summary>The same rows with most values set to 0.</summary>
    public RowTable Thinned(double density, int seed = 2)
    {
        var random = new Random(seed);
        return this with { X = [.. X.Select(row => row.Select(value => random.NextDouble() < density ? value : 0f).ToArray())] };
    }

    public List<RowBlock> Dense(int rowsPerBlock = 64) =>
        [.. Cut(rowsPerBlock).Select(part => Label(RowBlock.Dense(part.Length, Features, [.. part.SelectMany(i => X[i])]), part))];

    public List<RowBlock> Sparse(int rowsPerBlock = 64) => [.. Cut(rowsPerBlock).Select(part =>
    {
        List<int> starts = [0], indices = [];
        List<float> values = [];
        foreach (var i in part)
        {
            for (var j = 0; j < Features; j++)
            {
                if (X[i][j] == 0)
                    continue;
                indices.Add(j);
                values.Add(X[i][j]);
            }

            starts.Add(indices.Count);
        }

        return Label(RowBlock.Sparse(part.Length, Features, [.. starts], [.. indices], [.. values]), part);
    })];

    private IEnumerable<int[]> Cut(int rowsPerBlock) => Enumerable.Range(0, Rows).Chunk(rowsPerBlock);

    private RowBlock Label(RowBlock block, int[] part) =>
        block with { Classes = [.. part.Select(i => Y[i])], Weights = Weights is null ? null : [.. part.Select(i => Weights[i])] };
}
