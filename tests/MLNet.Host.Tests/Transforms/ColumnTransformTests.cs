using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Transforms;

/// <summary>Transforms beyond the golden table: copying, dropping, selecting, vectors, sparse values and slot names.</summary>
public class ColumnTransformTests
{
    private static readonly float[] Dense = [0, 0, 3, 0, 0, 0, 0, 0, -1, 0];

    [Fact]
    public void CopyColumns_copies_values_type_and_annotations()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        var keyed = ml.Transforms.Conversion.MapValueToKey("K", "S").Fit(table).Transform(table);
        var copied = ml.Transforms.CopyColumns("Copy", "K").Fit(keyed).Transform(keyed);
        Assert.Equal(keyed.Schema["K"].Type, copied.Schema["Copy"].Type);
        Assert.True(copied.Schema["Copy"].HasKeyValues());
        Assert.Equal(keyed.GetColumn<uint>("K"), copied.GetColumn<uint>("Copy"));
    }

    [Fact]
    public void DropColumns_drops_a_column_with_those_it_hides()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        var replaced = ml.Transforms.NormalizeMinMax("A").Fit(table).Transform(table);
        var dropped = ml.Transforms.DropColumns("A", "S").Fit(replaced).Transform(replaced);
        Assert.Equal(["B", "I", "G"], dropped.Schema.Select(column => column.Name));
        Assert.Equal(table.GetColumn<int>("I"), dropped.GetColumn<int>("I"));
    }

    [Fact]
    public void SelectColumns_keeps_the_order_asked_for()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        var selected = ml.Transforms.SelectColumns("I", "A").Fit(table).Transform(table);
        Assert.Equal(["I", "A"], selected.Schema.Select(column => column.Name));
        Assert.Equal(table.GetColumn<float>("A"), selected.GetColumn<float>("A"));
    }

    [Fact]
    public void A_column_that_is_not_there_is_named()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        IEstimator<ITransformer>[] estimators =
        [
            ml.Transforms.CopyColumns("Copy", "Nope"),
            ml.Transforms.DropColumns("Nope"),
            ml.Transforms.SelectColumns("A", "Nope"),
            ml.Transforms.Concatenate("Out", "A", "Nope"),
            ml.Transforms.NormalizeMinMax("Nope"),
            ml.Transforms.Conversion.MapValueToKey("Nope"),
            ml.Transforms.Conversion.MapKeyToValue("Nope"),
        ];
        Assert.All(estimators, estimator =>
        {
            var thrown = Assert.ThrowsAny<ArgumentOutOfRangeException>(() => estimator.Fit(table).Transform(table));
            Assert.Contains("column 'Nope'", thrown.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Concatenate_names_slots_after_their_columns_and_stays_sparse()
    {
        var ml = new MLContext(seed: 1);
        var data = Sparse(ml);
        var inner = ml.Transforms.Concatenate("Pair", "X", "Y").Fit(data).Transform(data);
        var outer = ml.Transforms.Concatenate("Out", "Pair", "Vector", "X").Fit(inner).Transform(inner);
        VBuffer<ReadOnlyMemory<char>> names = default;
        outer.Schema["Out"].GetSlotNames(ref names);
        string[] expected = ["Pair.X", "Pair.Y", .. Enumerable.Repeat("", 10), "X"];
        Assert.Equal(expected, names.DenseValues().Select(name => name.ToString()));
        using var cursor = outer.GetRowCursor(outer.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(outer.Schema["Out"]);
        VBuffer<float> value = default;
        Assert.True(cursor.MoveNext());
        getter(ref value);
        Assert.False(value.IsDense);
        Assert.Equal([0, 1, 4, 10, 12], value.GetIndices().ToArray());
        Assert.Equal([5, 7, 3, -1, 5], value.GetValues().ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Normalisers_that_keep_zero_keep_rows_sparse(bool fixZero)
    {
        var ml = new MLContext(seed: 1);
        var data = Sparse(ml);
        foreach (var estimator in new[] { ml.Transforms.NormalizeMinMax("Vector", fixZero: fixZero), ml.Transforms.NormalizeMeanVariance("Vector", fixZero: fixZero) })
        {
            var output = estimator.Fit(data).Transform(data);
            using var cursor = output.GetRowCursor(output.Schema);
            var getter = cursor.GetGetter<VBuffer<float>>(output.Schema["Vector"]);
            VBuffer<float> value = default;
            Assert.True(cursor.MoveNext());
            getter(ref value);
            Assert.False(value.IsDense);
            Assert.Equal(fixZero, value.DenseValues().Zip(Dense).All(pair => pair.First != 0 == (pair.Second != 0)));
        }
    }

    [Fact]
    public void Sparse_and_dense_rows_normalise_alike()
    {
        var ml = new MLContext(seed: 1);
        var sparse = Sparse(ml);
        var dense = ml.Data.LoadFromEnumerable(sparse.GetColumn<float[]>("Vector").Select(row => new DenseRow { Vector = row }).ToArray());
        var estimator = ml.Transforms.NormalizeMeanVariance("Vector", fixZero: false).Append(ml.Transforms.NormalizeMinMax("Vector"));
        Assert.Equal(estimator.Fit(dense).Transform(dense).GetColumn<float[]>("Vector"), estimator.Fit(sparse).Transform(sparse).GetColumn<float[]>("Vector"));
    }

    [Fact]
    public void MapValueToKey_maps_each_slot_of_a_vector()
    {
        var ml = new MLContext(seed: 1);
        var data = Sparse(ml);
        var toKey = ml.Transforms.Conversion.MapValueToKey("Keys", "Vector", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);
        var keyed = toKey.Fit(data).Transform(data);
        Assert.Equal("Vector<Key<UInt32, 0-4>, 10>", keyed.Schema["Keys"].Type.ToString());
        // The values -1, 0, 2, 3, 4, of which 0 is implicit in the rows.
        Assert.Equal([2, 2, 4, 2, 2, 2, 2, 2, 1, 2], keyed.GetColumn<uint[]>("Keys").First().Select(key => (int)key));
        var back = ml.Transforms.Conversion.MapKeyToValue("Back", "Keys").Fit(keyed).Transform(keyed);
        Assert.Equal(data.GetColumn<float[]>("Vector"), back.GetColumn<float[]>("Back"));
    }

    [Fact]
    public void MapValueToKey_maps_truth_values()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var keyed = ml.Transforms.Conversion
            .MapValueToKey("Key", "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue, addKeyValueAnnotationsAsText: true).Fit(data).Transform(data);
        Assert.Equal(data.GetColumn<bool>("Label"), keyed.GetColumn<uint>("Key").Select(key => key == 2));
        VBuffer<ReadOnlyMemory<char>> names = default;
        keyed.Schema["Key"].GetKeyValues(ref names);
        Assert.Equal(["0", "1"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void MapKeyToValue_takes_keys_only()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        Assert.ThrowsAny<Exception>(() => ml.Transforms.Conversion.MapKeyToValue("V", "S").Fit(table));
    }

    [Fact]
    public void A_normaliser_needs_more_than_one_example()
    {
        var ml = new MLContext(seed: 1);
        var table = GoldenTable.Fitted(ml);
        Assert.Throws<ArgumentOutOfRangeException>(() => ml.Transforms.NormalizeMinMax("A", maximumExampleCount: 1).Fit(table));
    }

    private static IDataView Sparse(MLContext ml)
    {
        SparseRow[] rows =
        [
            new() { Vector = new VBuffer<float>(10, 2, [3, -1], [2, 8]), X = 5, Y = 7 },
            new() { Vector = new VBuffer<float>(10, 2, [2, 4], [2, 9]), X = 6, Y = 8 },
            new() { Vector = new VBuffer<float>(10, 0, [], []), X = 1, Y = 0 },
        ];
        return ml.Data.LoadFromEnumerable(rows);
    }

    private sealed class SparseRow
    {
        [VectorType(10)]
        public VBuffer<float> Vector { get; set; }

        public float X { get; set; }

        public float Y { get; set; }
    }

    private sealed class DenseRow
    {
        [VectorType(10)]
        public float[] Vector { get; set; } = [];
    }
}
