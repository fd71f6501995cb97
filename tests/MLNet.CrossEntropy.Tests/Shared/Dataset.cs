using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A real data set of the golden file, as examples for ML.NET.</summary>
internal sealed record Dataset(IReadOnlyList<Dataset.Example> Examples, string[] Classes)
{
    public int Features => Examples[0].Features.Length;

    public static Dataset Iris => Load("iris");

    public static Dataset BreastCancer => Load("breast_cancer");

    public static Dataset Load(string name)
    {
        var data = GoldenFile.Load("sklearn-fits.json")["datasets"]![name]!;
        string[] classes = [.. data["classes"]!.AsArray().Select(value => value!.ToString())];
        var weights = data["sample_weight"].Numbers();
        var examples = data["X"].Matrix().Zip(data["y"].Numbers()).Select((row, i) => new Example
        {
            Features = [.. row.First.Select(value => (float)value)],
            Class = classes[(int)row.Second],
            ClassIndex = (uint)row.Second,
            ClassNumber = 10 * (int)row.Second,
            IsSecond = row.Second == 1,
            Weight = (float)weights[i],
        });
        return new Dataset([.. examples], classes);
    }

    /// <summary>Every third row is held out: a fixed split, the classes' rows being contiguous or well mixed.</summary>
    public (Dataset Train, Dataset Test) Split()
        => (this with { Examples = [.. Examples.Where((_, i) => i % 3 != 2)] },
            this with { Examples = [.. Examples.Where((_, i) => i % 3 == 2)] });

    /// <summary>
    /// The examples as a data view with columns Features, Class (text), ClassIndex (a key), ClassNumber, IsSecond and Weight.
    /// </summary>
    public IDataView View(MLContext ml)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Features);
        schema[nameof(Example.ClassIndex)].ColumnType = new KeyDataViewType(typeof(uint), Classes.Length);
        return ml.Data.LoadFromEnumerable(Examples, schema);
    }

    internal sealed class Example
    {
        public float[] Features { get; set; } = [];

        public string Class { get; set; } = "";

        /// <summary>Zero-based; the view's key counts from 1.</summary>
        public uint ClassIndex { get; set; }

        public int ClassNumber { get; set; }

        public bool IsSecond { get; set; }

        public float Weight { get; set; } = 1;
    }
}
