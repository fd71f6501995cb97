using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Schemas in full, as text that can be compared: every column, hidden ones too, with its annotations and their values.</summary>
internal static class SchemaText
{
    public static string Of(DataViewSchema schema) => string.Join("\n", schema.Select(column =>
        $"{column.Name}{(column.IsHidden ? " (hidden)" : "")}: {column.Type}" + string.Concat(column.Annotations.Schema
            .OrderBy(annotation => annotation.Name, StringComparer.Ordinal)
            .Select(annotation => $"\n  {annotation.Name}: {annotation.Type} = {Value(column.Annotations, annotation)}"))));

    public static string Of(SchemaShape shape) => string.Join("\n", shape.Select(column => Of(column, "")));

    /// <summary>The shape of a full schema; ML.NET keeps the way to it to itself.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema)
        => (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, [schema])!;

    private static string Of(SchemaShape.Column column, string indent)
        => $"{indent}{column.Name}: {column.Kind} {column.ItemType}{(column.IsKey ? " key" : "")}" + string.Concat(column.Annotations
            .OrderBy(annotation => annotation.Name, StringComparer.Ordinal)
            .Select(annotation => "\n" + Of(annotation, indent + "  ")));

    private static string Value(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        var isVector = annotation.Type is VectorDataViewType;
        var item = annotation.Type is VectorDataViewType vector ? vector.ItemType.RawType : annotation.Type.RawType;
        var read = typeof(SchemaText).GetMethod(isVector ? nameof(Vector) : nameof(Scalar), BindingFlags.Static | BindingFlags.NonPublic)!;
        return (string)read.MakeGenericMethod(item).Invoke(null, [annotations, annotation.Name])!;
    }

    private static string Scalar<T>(DataViewSchema.Annotations annotations, string name)
    {
        T value = default!;
        annotations.GetValue(name, ref value);
        return $"{value}";
    }

    private static string Vector<T>(DataViewSchema.Annotations annotations, string name)
    {
        VBuffer<T> values = default;
        annotations.GetValue(name, ref values);
        return string.Join("|", values.DenseValues());
    }
}
