namespace Microsoft.ML.Data;

/// <summary>How ML.NET's scorers label the columns they add, so that evaluators and users know what each of them is.</summary>
internal static class ScoreAnnotations
{
    public const string Binary = "BinaryClassification";
    public const string Multiclass = "MulticlassClassification";
    public const string Score = "Score";
    public const string PredictedLabel = "PredictedLabel";
    public const string Probability = "Probability";

    /// <summary>The identity of the columns that one scorer adds: one more than the greatest in its input.</summary>
    public static uint NextSetId(DataViewSchema input)
    {
        uint greatest = 0;
        foreach (DataViewSchema.Column column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.ScoreColumnSetId)?.Type is not KeyDataViewType { RawType: Type type } || type != typeof(uint))
                continue;
            uint id = 0;
            column.Annotations.GetValue(AnnotationKinds.ScoreColumnSetId, ref id);
            greatest = Math.Max(greatest, id);
        }

        return greatest + 1;
    }

    public static void AddSetId(this DataViewSchema.Annotations.Builder builder, uint setId)
        => builder.AddPrimitiveValue(AnnotationKinds.ScoreColumnSetId, AnnotationKinds.ScoreColumnSetIdType, setId);

    /// <summary>Copies an annotation of <paramref name="source"/> under another name.</summary>
    public static void AddCopy(this DataViewSchema.Annotations.Builder builder, string kind, DataViewSchema.Column source, string sourceKind)
    {
        DataViewSchema.Column annotation = source.Annotations.Schema[sourceKind];
        builder.Add(kind, annotation.Type, Getters.Invoke<Delegate>(GetterOf<int>, annotation.Type.RawType, source.Annotations, annotation));
    }

    private static Delegate GetterOf<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) => annotations.GetGetter<T>(annotation);
}
