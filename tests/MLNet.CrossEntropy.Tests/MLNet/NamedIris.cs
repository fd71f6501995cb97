using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>Iris with named features and a label of any type.</summary>
internal static class NamedIris
{
    public static readonly string[] Features = ["sepal length", "sepal width", "petal length", "petal width"];

    public static readonly string[] Classes = Dataset.Iris.Classes;

    /// <summary>Columns Features (with slot names), Species (text) and IsSecond.</summary>
    public static IDataView View(IEnumerable<Dataset.Example>? examples = null)
    {
        Dataset.Example[] rows = [.. examples ?? Dataset.Iris.Examples];
        return new InMemoryView.Builder()
            .AddScores(
                "Features", rows.Select(row => row.Features.Select(x => (double)x).ToArray()), Features.Length,
                InMemoryView.Names("SlotNames", Features))
            .AddText("Species", rows.Select(row => row.Class))
            .Add("IsSecond", BooleanDataViewType.Instance, rows.Select(row => row.IsSecond))
            .Build();
    }

    /// <summary>A pipeline from <see cref="View"/> to the predicted species.</summary>
    public static TransformerChain<ITransformer> Pipeline(MLContext ml, IDataView data) => Chain(
        ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data));

    public static TransformerChain<ITransformer> Chain(params ITransformer[] transformers) => new(transformers);
}
