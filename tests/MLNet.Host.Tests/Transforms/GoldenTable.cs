using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests.Transforms;

/// <summary>The two tables of section d_transforms: the one transforms are fitted on, and one of unseen values.</summary>
internal static class GoldenTable
{
    public static JsonElement Section { get; } = GoldenFile.Section("d_transforms");

    public static IDataView Fitted(MLContext ml) => Load(ml, Section.GetProperty("table"));

    public static IDataView Unseen(MLContext ml) => Load(ml, Section.GetProperty("table_unseen"));

    private static IDataView Load(MLContext ml, JsonElement table)
    {
        float[] a = table.GetProperty("A").Singles(), g = table.GetProperty("G").Singles();
        var b = table.GetProperty("B").SingleRows();
        var s = table.GetProperty("S").Texts();
        var integers = table.GetProperty("I").Integers();
        return ml.Data.LoadFromEnumerable(a.Select((_, i) => new Row { A = a[i], B = b[i], S = s[i], I = integers[i], G = g[i] }));
    }

    private sealed class Row
    {
        public float A { get; set; }

        [VectorType(3)]
        public float[] B { get; set; } = [];

        public string S { get; set; } = "";

        public int I { get; set; }

        public float G { get; set; }
    }
}
