using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>What estimators say of the columns they need and add.</summary>
internal static class SchemaShapes
{
    public static SchemaShape.Column IsNormalized { get; } =
        new(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);

    public static SchemaShape.Column SlotNames { get; } =
        new(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);

    public static SchemaShape.Column Find(SchemaShape shape, string role, string name)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.TryFindColumn(name, out SchemaShape.Column column) ? column : throw Check.ColumnNotFound("inputSchema", role, name);
    }

    /// <summary>The shape with these columns too; a new column takes the place of one with its name.</summary>
    public static SchemaShape Add(SchemaShape shape, params IEnumerable<SchemaShape.Column> added)
    {
        List<SchemaShape.Column> columns = [.. shape];
        foreach (SchemaShape.Column column in added)
        {
            int place = columns.FindIndex(existing => existing.Name == column.Name);
            if (place >= 0)
                columns[place] = column;
            else
                columns.Add(column);
        }

        return new SchemaShape(columns);
    }

    /// <summary>The annotations of a column that have this name, as a list of none or one.</summary>
    public static IEnumerable<SchemaShape.Column> Annotation(this SchemaShape.Column column, string kind)
        => column.Annotations.Where(annotation => annotation.Name == kind);
}
