using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Trainers;

public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    public readonly SchemaShape.Column FeatureColumn;
    public readonly SchemaShape.Column LabelColumn;
    public readonly SchemaShape.Column WeightColumn;

    private protected TrainerEstimatorBase(IHost host, TrainerInputBaseWithWeight columns, DataViewType labelType, bool isLabelKey)
    {
        const SchemaShape.Column.VectorKind scalar = SchemaShape.Column.VectorKind.Scalar;
        Host = host;
        Check.NonEmpty(columns.FeatureColumnName, "featureColumn");
        Check.NonEmpty(columns.LabelColumnName, "labelColumn");
        FeatureColumn = new SchemaShape.Column(columns.FeatureColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false);
        LabelColumn = new SchemaShape.Column(columns.LabelColumnName, scalar, labelType, isLabelKey);
        if (!string.IsNullOrEmpty(columns.ExampleWeightColumnName))
            WeightColumn = new SchemaShape.Column(columns.ExampleWeightColumnName, scalar, NumberDataViewType.Single, false);
    }

    public abstract TrainerInfo Info { get; }

    private protected IHost Host { get; }

    public TTransformer Fit(IDataView input) => Train(input, null);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        CheckInput(inputSchema);
        return SchemaShapes.Add(inputSchema, GetOutputColumns(inputSchema));
    }

    /// <summary>Fits, starting from a model or, when it is null, from zero.</summary>
    private protected TTransformer Train(IDataView data, object initialModel)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckInput(SchemaShape.Create(data.Schema));
        return MakeTransformer(TrainModel(data, initialModel), data.Schema);
    }

    private protected abstract SchemaShape.Column[] GetOutputColumns(SchemaShape inputSchema);

    private protected abstract TModel TrainModel(IDataView data, object initialModel);

    private protected abstract TTransformer MakeTransformer(TModel model, DataViewSchema trainSchema);

    /// <summary>The annotations of a score column in a schema's shape.</summary>
    private protected static IEnumerable<SchemaShape.Column> ScoreAnnotationShapes()
    {
        const SchemaShape.Column.VectorKind scalar = SchemaShape.Column.VectorKind.Scalar;
        return
        [
            new(AnnotationKinds.ScoreColumnSetId, scalar, NumberDataViewType.UInt32, true),
            new(AnnotationKinds.ScoreColumnKind, scalar, TextDataViewType.Instance, false),
            new(AnnotationKinds.ScoreValueKind, scalar, TextDataViewType.Instance, false),
        ];
    }

    private void CheckInput(SchemaShape inputSchema)
    {
        CheckColumn(inputSchema, FeatureColumn, "feature", nameof(inputSchema));
        if (WeightColumn.IsValid)
            CheckColumn(inputSchema, WeightColumn, "weight", nameof(inputSchema));
        CheckColumn(inputSchema, LabelColumn, "label", "labelCol");
    }

    private static void CheckColumn(SchemaShape inputSchema, SchemaShape.Column required, string role, string mismatchParameter)
    {
        SchemaShape.Column found = SchemaShapes.Find(inputSchema, role, required.Name);
        if (!required.IsCompatibleWith(found))
            throw Check.ColumnMismatch(mismatchParameter, role, required.Name, required.GetTypeString(), found.GetTypeString());
    }
}
