using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The columns a trainer reads, found by name and checked for their types.</summary>
internal sealed partial record TrainingColumns
{
    /// <summary>The features: a vector of Single of known length.</summary>
    public required DataViewSchema.Column Features { get; init; }

    /// <summary>The length of the feature vector.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>The label, as the targets that losses take.</summary>
    public required ITrainingLabel Label { get; init; }

    /// <summary>The example weights (Single); null when every row weighs 1.</summary>
    public required DataViewSchema.Column? Weight { get; init; }

    /// <summary>A builder of blocks for rows of these columns.</summary>
    public RowBlockBuilder NewBuilder() => new(FeatureCount, Weight is not null || Label.BringsWeight, Label.TargetWidth);

    /// <summary>Finds the columns in <paramref name="inputSchema"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type than the trainer can use.</exception>
    public static TrainingColumns Find(DataViewSchema inputSchema, string featureColumn, ITrainingLabel label, string? weightColumn)
    {
        var features = FindColumn(inputSchema, "feature", featureColumn);
        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw Mismatch(nameof(inputSchema), "feature", features, "Vector<Single>",
                "Make it one vector of Single of a fixed length, for example with Concatenate, ConvertType or [VectorType(length)]");
        }

        DataViewSchema.Column? weight = weightColumn is null ? null : FindColumn(inputSchema, "weight", weightColumn);
        if (weight is { } column && column.Type != NumberDataViewType.Single)
            throw Mismatch(nameof(inputSchema), "weight", column, "Single", "Convert it with ConvertType");

        return new TrainingColumns { Features = features, FeatureCount = vector.Size, Label = label, Weight = weight };
    }

    /// <summary>The visible column of that name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static DataViewSchema.Column FindColumn(DataViewSchema inputSchema, string role, string name)
        => inputSchema.GetColumnOrNull(name)
            ?? throw Throw.ColumnNotFound(nameof(inputSchema), role, name);

    /// <summary>The error for a column of the wrong type.</summary>
    public static ArgumentOutOfRangeException Mismatch(string parameter, string role, DataViewSchema.Column column, string expected, string remedy)
        => Throw.ColumnMismatch(parameter, role, column.Name, expected, Describe(column.Type), remedy);

    private static string Describe(DataViewType type)
        => type is VectorDataViewType { IsKnownSize: false } vector ? $"VarVector<{vector.ItemType}>" : type.ToString()!;
}
