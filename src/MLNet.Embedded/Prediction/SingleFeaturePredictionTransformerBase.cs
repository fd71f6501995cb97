namespace Microsoft.ML.Data;

/// <summary>A prediction transformer whose model reads one column, a vector of features.</summary>
public abstract class SingleFeaturePredictionTransformerBase<TModel> : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    private protected SingleFeaturePredictionTransformerBase(TModel model, DataViewSchema trainSchema, string featureColumn)
        : base(model, trainSchema)
    {
        FeatureColumnName = featureColumn;
        FeatureColumnType = Check.Column(trainSchema, nameof(featureColumn), "feature", featureColumn).Type;
    }

    public string FeatureColumnName { get; }

    public DataViewType FeatureColumnType { get; }

    public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        DataViewSchema.Column features = Check.Column(inputSchema, nameof(inputSchema), "feature", FeatureColumnName);
        if (!features.Type.Equals(FeatureColumnType))
            throw Check.ColumnMismatch(nameof(inputSchema), "feature", FeatureColumnName, FeatureColumnType.ToString(), features.Type.ToString());
        return MakeMapper(inputSchema).OutputSchema;
    }

    private protected abstract RowMapper MakeRowMapper(DataViewSchema inputSchema, DataViewSchema.Column features);

    private protected sealed override IRowToRowMapper MakeMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        DataViewSchema.Column features = Check.Column(inputSchema, nameof(inputSchema), "feature", FeatureColumnName);
        return new AddedColumnsMapper(inputSchema, MakeRowMapper(inputSchema, features));
    }

    private protected BinaryWriter BeginSave(ModelSaveContext ctx, string kind)
    {
        BinaryWriter writer = ctx.Begin(kind);
        writer.WriteSchema(TrainSchema);
        writer.Write(FeatureColumnName);
        ctx.SaveModel((ICanSaveModel)Model, nameof(Model));
        return writer;
    }
}
