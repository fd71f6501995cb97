using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests.Shared;

/// <summary>Iris and breast cancer, whole, as data views of the columns Features, Label and Weight.</summary>
internal sealed class Dataset
{
    private static readonly Lazy<JsonElement> File = new(() =>
        JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "datasets.json"))).RootElement);

    private Dataset(string name)
    {
        var data = File.Value.GetProperty(name);
        X = data.GetProperty(nameof(X)).SingleRows();
        Y = data.GetProperty("y").Integers();
        Weights = GoldenFile.Section("sample_weight").GetProperty(name).Singles();
        ClassNames = data.GetProperty("classes").Texts();
    }

    public static Dataset Iris { get; } = new("iris");

    public static Dataset BreastCancer { get; } = new("breast_cancer");

    public float[][] X { get; }

    public int[] Y { get; }

    public float[] Weights { get; }

    public string[] ClassNames { get; }

    public int FeatureCount => X[0].Length;

    /// <summary>Labels as keys of one class each.</summary>
    public IDataView Keyed(MLContext ml) => ml.Data.LoadFromEnumerable(
        X.Select((row, i) => new KeyedRow { Features = row, Label = (uint)Y[i], Weight = Weights[i] }),
        Define<KeyedRow>(new KeyDataViewType(typeof(uint), ClassNames.Length)));

    /// <summary>Labels as "is of class 1".</summary>
    public IDataView Boolean(MLContext ml) => ml.Data.LoadFromEnumerable(
        X.Select((row, i) => new BooleanRow { Features = row, Label = Y[i] == 1, Weight = Weights[i] }),
        Define<BooleanRow>(BooleanDataViewType.Instance));

    private SchemaDefinition Define<TRow>(DataViewType labelType)
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        definition["Label"].ColumnType = labelType;
        return definition;
    }

    private sealed class KeyedRow
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }

        public float Weight { get; set; }
    }

    private sealed class BooleanRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }

        public float Weight { get; set; }
    }
}
