using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The columns a trainer reads, found by name and checked for their types.</summary>
/// <param name="Features">The features: a vector of Single of known length.</param>
/// <param name="FeatureCount">The length of the feature vector.</param>
/// <param name="Label">The label, as the targets that losses take.</param>
/// <param name="Weight">The example weights, of any type of number; null when every row weighs 1.</param>
/// <param name="Group">What rows that are held out together have in common; null when every row is held out for itself.</param>
internal sealed record TrainingColumns(
    DataViewSchema.Column Features,
    int FeatureCount,
    TrainingLabel Label,
    DataViewSchema.Column? Weight,
    DataViewSchema.Column? Group = null)
{
    private const string FeatureType = "Vector<Single>";
    private const string FeatureRemedy = "Make it one vector of Single of a fixed length, for example with Concatenate, ConvertType or "
        + "[VectorType(length)]";
    private const string WeightType = "a number";
    private const string WeightRemedy = "Convert it with ConvertType";

    /// <summary>Whether these rows are a rank's of a cluster: it may have none, and all ranks' rows have one centre.</summary>
    public bool AreShare { get; init; }

    /// <summary>Where a row's weight comes from, for messages.</summary>
    public string NameOfWeights => string.Join(" times ", new[]
    {
        Weight is { } weight ? $"column {Throw.Quoted(weight.Name)}" : null,
        Label.BringsWeight ? $"the counts of column {Throw.Quoted(Label.Column.Name)}" : null,
    }.OfType<string>());

    /// <summary>A builder of blocks for rows of these columns.</summary>
    public RowBlockBuilder NewBuilder() =>
        new(FeatureCount, Weight is not null || Label.BringsWeight, Label.TargetWidth, isCentred: !AreShare, isGrouped: Group is not null);

    /// <summary>Finds the columns in <paramref name="inputSchema"/>.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type than the trainer can use.</exception>
    public static TrainingColumns Find(
        DataViewSchema inputSchema, string featureColumn, TrainingLabel label, string? weightColumn, string? groupColumn = null)
    {
        var features = ColumnValues.Require(inputSchema, featureColumn, "feature");
        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
            throw ColumnErrors.Mismatch(nameof(inputSchema), "feature", features, FeatureType, FeatureRemedy);
        if (features.Index == label.Column.Index)
            throw ColumnErrors.FeaturesAreLabel(featureColumn);
        var weight = ColumnValues.Optional(inputSchema, weightColumn, "example weight");
        if (weight is { Type: not (NumberDataViewType or BooleanDataViewType) } column)
            throw ColumnErrors.Mismatch(nameof(inputSchema), "example weight", column, WeightType, WeightRemedy);
        return new(features, vector.Size, label, weight, ColumnValues.Optional(inputSchema, groupColumn, "group"));
    }

    /// <summary>The same checks of a schema's promise, as far as it knows the types.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type than the trainer can use.</exception>
    public static SchemaShape.Column Check(
        SchemaShape inputSchema, string labelColumn, string featureColumn, string? weightColumn, string? groupColumn)
    {
        var features = Require(inputSchema, featureColumn, "feature");
        if (features.Kind != SchemaShape.Column.VectorKind.Vector || features.ItemType != NumberDataViewType.Single || features.IsKey)
            throw ColumnErrors.Mismatch(nameof(inputSchema), "feature", features.Name, FeatureType, Describe(features), FeatureRemedy);
        if (weightColumn is not null && Require(inputSchema, weightColumn, "example weight") is var weight
            && (weight.Kind != SchemaShape.Column.VectorKind.Scalar || weight.IsKey
                || weight.ItemType is not (NumberDataViewType or BooleanDataViewType)))
            throw ColumnErrors.Mismatch(nameof(inputSchema), "example weight", weight.Name, WeightType, Describe(weight), WeightRemedy);
        if (groupColumn is not null)
            _ = Require(inputSchema, groupColumn, "group");
        return Require(inputSchema, labelColumn, "label");
    }

    /// <summary>The columns of the same names and meaning in other data.</summary>
    /// <exception cref="ArgumentException">A column is missing there, or of another type or length.</exception>
    public TrainingColumns Matching(DataViewSchema otherSchema)
    {
        var other = Find(otherSchema, Features.Name, Label.Matching(otherSchema), Weight?.Name);
        return other.FeatureCount == FeatureCount
            ? other with { AreShare = AreShare }
            : throw ColumnErrors.Mismatch(
                nameof(otherSchema), "feature", other.Features, $"{Features.Type}, as in the training data", "Transform both alike");
    }

    private static SchemaShape.Column Require(SchemaShape schema, string name, string role)
        => schema.FirstOrDefault(column => column.Name == name) is { Name: not null } found
            ? found
            : throw ColumnErrors.NoColumn(name, role, schema.Select(column => column.Name));

    /// <summary>The type that a schema's promise tells of a column.</summary>
    public static string Describe(SchemaShape.Column column)
    {
        var item = column.IsKey ? $"Key<{column.ItemType}>" : column.ItemType.ToString()!;
        return column.Kind == SchemaShape.Column.VectorKind.Scalar ? item : column.Kind == SchemaShape.Column.VectorKind.Vector
            ? $"Vector<{item}>" : $"VarVector<{item}>";
    }
}
