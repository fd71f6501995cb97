using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Trainers;

/// <summary>Multinomial logistic regression: softmax(W x + b).</summary>
public sealed class LbfgsMaximumEntropyMulticlassTrainer : LbfgsTrainerBase<
    LbfgsMaximumEntropyMulticlassTrainer.Options, MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options)
        : base(env, options, NumberDataViewType.UInt32, isLabelKey: true)
    {
    }

    /// <summary>Goes on from a model already trained.</summary>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, MaximumEntropyModelParameters modelParameters)
        => Train(trainData, modelParameters);

    private protected override int ScoreCount(DataViewSchema schema) => (int)schema[LabelColumn.Name].Type.GetKeyCount();

    private protected override double[] InitialParameters(object initialModel)
    {
        var model = (MaximumEntropyModelParameters)initialModel;
        VBuffer<float>[] weights = null;
        model.GetWeights(ref weights, out _);
        return [.. model.GetBiases(), .. weights.SelectMany(vector => vector.DenseValues())];
    }

    private protected override MaximumEntropyModelParameters MakeModel(LbfgsFit fit, DataViewSchema schema)
    {
        int classes = fit.ScoreCount, features = fit.Rows.FeatureCount;
        var weights = new VBuffer<float>[classes];
        for (int i = 0; i < classes; i++)
            weights[i] = new VBuffer<float>(features, fit.Parameters.AsSpan(classes + i * features, features).ToArray());
        ModelStatisticsBase statistics = Settings.ShowTrainingStatistics ? MakeStatistics(fit, NullDeviance(fit)) : null;
        return new MaximumEntropyModelParameters(
            Host, weights, fit.Parameters[..classes], classes, features, LabelNames(schema[LabelColumn.Name], classes), statistics);
    }

    private protected override MulticlassPredictionTransformer<MaximumEntropyModelParameters> MakeTransformer(
        MaximumEntropyModelParameters model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumns(SchemaShape inputSchema)
    {
        SchemaShape.Column label = SchemaShapes.Find(inputSchema, "label", LabelColumn.Name);
        SchemaShape.Column[] keyValues = [.. label.Annotation(AnnotationKinds.KeyValues)];
        IEnumerable<SchemaShape.Column> slotNames = keyValues.Where(values => values.ItemType is TextDataViewType).Select(_ => SchemaShapes.SlotNames);
        IEnumerable<SchemaShape.Column> labelValues = keyValues.Select(values =>
            new SchemaShape.Column(AnnotationKinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, values.IsKey));
        return
        [
            new("Score", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape([.. slotNames, .. labelValues, .. ScoreAnnotationShapes()])),
            new("PredictedLabel", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape([.. keyValues, .. ScoreAnnotationShapes()])),
        ];
    }

    /// <summary>The classes' names, if the label has one, and a different one, for each.</summary>
    private static string[] LabelNames(DataViewSchema.Column label, int classes)
    {
        if (!label.HasKeyValues())
            return null;
        VBuffer<ReadOnlyMemory<char>> values = default;
        label.GetKeyValues(ref values);
        string[] names = values.DenseValues().Select(name => name.ToString()).ToArray();
        return names.Distinct().Count() == classes && !names.Contains("") ? names : null;
    }

    private static double NullDeviance(LbfgsFit fit)
    {
        var weights = new double[fit.ScoreCount];
        for (int i = 0; i < fit.Rows.Count; i++)
            weights[(int)fit.Rows.Label(i)] += fit.Rows.Weight(i);
        return -2 * weights.Where(weight => weight > 0).Sum(weight => weight * Math.Log(weight / fit.Rows.WeightSum));
    }

    public sealed class Options : OptionsBase
    {
        public bool ShowTrainingStatistics;
    }
}
