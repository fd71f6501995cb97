using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Transforms;

/// <summary>Section d_transforms of the golden file: what ML.NET's transforms make of two small tables.</summary>
public class GoldenTransformTests
{
    private static readonly JsonElement Section = GoldenTable.Section;

    public static TheoryData<int, string> Concatenations => Names("Concatenate", run => string.Join('+', run.GetProperty("inputs").Texts()));

    public static TheoryData<int, string> KeyMappings => Names("MapValueToKey", run => run.GetRawText()[..Math.Min(130, run.GetRawText().Length)]);

    public static TheoryData<int, string> Normalizations => Names("Normalize", run => $"{run.GetProperty("input")} {run.GetProperty("transform")}");

    [Theory]
    [MemberData(nameof(Concatenations))]
    public void Concatenate(int index, string name)
    {
        Assert.NotNull(name);
        var golden = Section.GetProperty("Concatenate")[index];
        var ml = new MLContext(seed: 1);
        var estimator = ml.Transforms.Concatenate("Out", golden.GetProperty("inputs").Texts());
        var table = GoldenTable.Fitted(ml);
        if (golden.TryGetProperty("exception", out var exception))
        {
            var thrown = Assert.ThrowsAny<Exception>(() => estimator.Fit(table).Transform(table));
            Assert.Equal((exception.GetString(), golden.GetProperty("message").GetString()), (thrown.GetType().Name, thrown.Message));
            return;
        }

        var output = estimator.Fit(table).Transform(table);
        ColumnFacts.Check(golden.GetProperty("column"), output.Schema["Out"]);
        Assert.Equal(golden.GetProperty("values").SingleRows(), output.GetColumn<float[]>("Out"));
    }

    [Theory]
    [MemberData(nameof(KeyMappings))]
    public void MapValueToKey_and_back(int index, string name)
    {
        Assert.NotNull(name);
        var golden = Section.GetProperty("MapValueToKey")[index];
        var ml = new MLContext(seed: 1);
        IDataView table = GoldenTable.Fitted(ml), unseen = GoldenTable.Unseen(ml);
        var toKey = MakeEstimator(ml, golden).Fit(table);
        IDataView keyed = toKey.Transform(table), keyedUnseen = toKey.Transform(unseen);
        ColumnFacts.Check(golden.GetProperty("column"), keyed.Schema["K"]);
        Assert.Equal(golden.GetProperty("keys").Integers(), keyed.GetColumn<uint>("K").Select(key => (int)key));
        Assert.Equal(golden.GetProperty("keys_unseen_table").Integers(), keyedUnseen.GetColumn<uint>("K").Select(key => (int)key));

        if (!golden.TryGetProperty("MapKeyToValue", out var back))
            return;
        var toValue = ml.Transforms.Conversion.MapKeyToValue("V", "K").Fit(keyed);
        ColumnFacts.Check(back.GetProperty("column"), toValue.Transform(keyed).Schema["V"]);
        Assert.Equal(Shown(back.GetProperty("values")), Values(toValue.Transform(keyed)));
        Assert.Equal(Shown(back.GetProperty("values_unseen_table")), Values(toValue.Transform(keyedUnseen)));
    }

    [Theory]
    [MemberData(nameof(Normalizations))]
    public void Normalize(int index, string name)
    {
        Assert.NotNull(name);
        var golden = Section.GetProperty("Normalize")[index];
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        var transformer = MakeNormalizer(ml, golden.GetProperty("transform").GetString()!, golden.GetProperty("input").GetString()!).Fit(table);
        var output = transformer.Transform(table);
        ColumnFacts.Check(golden.GetProperty("column"), output.Schema["N"]);
        CheckParameters(golden.GetProperty("parameters"), transformer.GetNormalizerModelParameters(0));
        CheckValues(golden.GetProperty("values"), output);
        CheckValues(golden.GetProperty("values_unseen_table"), transformer.Transform(GoldenTable.Unseen(ml)));
    }

    private static TheoryData<int, string> Names(string transform, Func<JsonElement, string> name)
    {
        var names = new TheoryData<int, string>();
        foreach ((var index, var run) in Section.GetProperty(transform).EnumerateArray().Index())
            names.Add(index, name(run));
        return names;
    }

    private static ValueToKeyMappingEstimator MakeEstimator(MLContext ml, JsonElement golden)
    {
        var input = golden.GetProperty("input").GetString()!;
        if (golden.TryGetProperty("keyData", out var terms))
        {
            var keyData = ml.Data.LoadFromEnumerable(terms.Texts().Select(term => new Term { Value = term }));
            return ml.Transforms.Conversion.MapValueToKey("K", input, keyData: keyData);
        }

        return ml.Transforms.Conversion.MapValueToKey(
            "K",
            input,
            golden.GetProperty("maximumNumberOfKeys").GetInt32(),
            Enum.Parse<ValueToKeyMappingEstimator.KeyOrdinality>(golden.GetProperty("keyOrdinality").GetString()!),
            golden.GetProperty("addKeyValueAnnotationsAsText").GetBoolean());
    }

    private static NormalizingEstimator MakeNormalizer(MLContext ml, string transform, string input) => transform switch
    {
        "NormalizeMeanVariance(fixZero:true)" => ml.Transforms.NormalizeMeanVariance("N", input),
        "NormalizeMeanVariance(fixZero:false)" => ml.Transforms.NormalizeMeanVariance("N", input, fixZero: false),
        "NormalizeMeanVariance(fixZero:false,useCdf:true)" => ml.Transforms.NormalizeMeanVariance("N", input, fixZero: false, useCdf: true),
        "NormalizeMinMax(fixZero:true)" => ml.Transforms.NormalizeMinMax("N", input),
        "NormalizeMinMax(fixZero:false)" => ml.Transforms.NormalizeMinMax("N", input, fixZero: false),
        "NormalizeMinMax(fixZero:false,maximumExampleCount:3)" => ml.Transforms.NormalizeMinMax("N", input, maximumExampleCount: 3, fixZero: false),
        _ => throw new InvalidOperationException($"No transform {transform}."),
    };

    private static void CheckParameters(JsonElement golden, NormalizingTransformer.NormalizerModelParametersBase parameters)
    {
        Assert.Equal(golden.GetProperty("type").GetString(), ColumnFacts.NameOf(parameters.GetType()));
        foreach (var expected in golden.EnumerateObject().Where(property => property.Name is not "type" and not "UseLog"))
        {
            var actual = parameters.GetType().GetProperty(expected.Name)!.GetValue(parameters)!;
            float[] values = actual is ImmutableArray<float> array ? (array.IsDefault ? [] : [.. array]) : [(float)actual];
            Assert.Equal(expected.Value.ValueKind == JsonValueKind.Array ? expected.Value.Singles() : [expected.Value.Single()], values);
        }
    }

    private static void CheckValues(JsonElement golden, IDataView output)
    {
        if (output.Schema["N"].Type is VectorDataViewType)
            Assert.Equal(golden.SingleRows(), output.GetColumn<float[]>("N"));
        else
            Assert.Equal(golden.Singles(), output.GetColumn<float>("N"));
    }

    private static string[] Shown(JsonElement values)
        => [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString(CultureInfo.InvariantCulture) : value.GetString()!)];

    private static string[] Values(IDataView view) => view.Schema["V"].Type switch
    {
        TextDataViewType => [.. view.GetColumn<string>("V")],
        var type when type == NumberDataViewType.Int32 => [.. view.GetColumn<int>("V").Select(value => value.ToString(CultureInfo.InvariantCulture))],
        _ => [.. view.GetColumn<float>("V").Select(value => ((double)value).ToString(CultureInfo.InvariantCulture))],
    };

    private sealed class Term
    {
        public string Value { get; set; } = "";
    }
}
