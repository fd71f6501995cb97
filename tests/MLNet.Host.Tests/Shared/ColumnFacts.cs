using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests.Shared;

/// <summary>Columns and shapes of columns as the golden file writes them.</summary>
internal static class ColumnFacts
{
    /// <summary>Name, place, type, raw type and annotations, values included, must be those recorded.</summary>
    public static void Check(JsonElement golden, DataViewSchema.Column column)
    {
        Assert.Equal(Text(golden, "name"), column.Name);
        Assert.Equal(golden.GetProperty("index").GetInt32(), column.Index);
        Assert.Equal(golden.GetProperty("hidden").GetBoolean(), column.IsHidden);
        Assert.Equal(Text(golden, "type"), column.Type.ToString());
        Assert.Equal(Text(golden, "raw_type"), NameOf(column.Type.RawType));
        JsonElement[] annotations = [.. golden.GetProperty("annotations").EnumerateArray()];
        Assert.Equal(annotations.Select(annotation => Text(annotation, "name")), column.Annotations.Schema.Select(annotation => annotation.Name));
        foreach ((var expected, var annotation) in annotations.Zip(column.Annotations.Schema))
        {
            Assert.Equal(Text(expected, "type"), annotation.Type.ToString());
            Assert.Equal(Flatten(expected.GetProperty("value")), ValueOf(column.Annotations, annotation));
        }
    }

    public static void Check(JsonElement golden, DataViewSchema schema)
    {
        Assert.Equal(golden.GetArrayLength(), schema.Count);
        foreach ((var expected, var column) in golden.EnumerateArray().Zip(schema))
            Check(expected, column);
    }

    public static void Check(JsonElement golden, IReadOnlyList<SchemaShape.Column> shape)
    {
        JsonElement[] columns = [.. golden.EnumerateArray()];
        Assert.Equal(columns.Select(column => Text(column, "name")), shape.Select(column => column.Name));
        foreach ((var expected, var column) in columns.Zip(shape))
        {
            Assert.Equal(Text(expected, "kind"), column.Kind.ToString());
            Assert.Equal(Text(expected, "item_type"), column.ItemType.ToString());
            Assert.Equal(expected.GetProperty("is_key").GetBoolean(), column.IsKey);
            Check(expected.GetProperty("annotations"), column.Annotations);
        }
    }

    /// <summary>A type's name with its type arguments in angle brackets.</summary>
    public static string NameOf(Type type)
    {
        if (!type.IsGenericType)
            return type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(",", type.GetGenericArguments().Select(NameOf))}>";
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string[] Flatten(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().SelectMany(Flatten)]
        : [value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString(CultureInfo.InvariantCulture) : value.ToString()];

    private static string[] ValueOf(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        var value = typeof(ColumnFacts).GetMethod(nameof(Read), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(annotation.Type.RawType).Invoke(null, [annotations, annotation.Name])!;
        return annotation.Type is VectorDataViewType
            ? [.. ((IEnumerable)value.GetType().GetMethod("DenseValues")!.Invoke(value, null)!).Cast<object>().Select(Show)]
            : [Show(value)];
    }

    private static T Read<T>(DataViewSchema.Annotations annotations, string kind)
    {
        T value = default!;
        annotations.GetValue(kind, ref value);
        return value;
    }

    private static string Show(object value) => value is float or double
        ? Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
