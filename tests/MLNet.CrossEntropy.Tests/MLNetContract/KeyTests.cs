using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>Keys: 0 is missing and 1 the first value in a view, but objects count from 0.</summary>
public class KeyTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Keys_are_zero_based_in_objects_and_one_based_in_views()
    {
        KeyRow[] given = [.. new uint[] { 0, 1, 2, 3, 4, uint.MaxValue }.Select(key => new KeyRow { Key = key })];
        var data = _ml.Data.LoadFromEnumerable(given);
        Assert.Equal("Key<UInt32, 0-2>", data.Schema["Key"].Type.ToString());
        Assert.Equal([1u, 2, 3, 0, 0, 0], data.GetColumn<uint>("Key"));
    }

    /// <summary>So a key that went through objects is another one.</summary>
    [Fact]
    public void Objects_made_of_a_view_hold_the_view_s_keys()
    {
        var data = _ml.Data.LoadFromEnumerable([new KeyRow { Key = 0 }, new KeyRow { Key = 2 }, new KeyRow { Key = 3 }]);
        KeyRow[] back = [.. _ml.Data.CreateEnumerable<KeyRow>(data, reuseRowObject: false)];
        Assert.Equal([1u, 3, 0], back.Select(row => row.Key));
        Assert.Equal([2u, 0, 1], _ml.Data.LoadFromEnumerable(back).GetColumn<uint>("Key"));
    }

    [Fact]
    public void Keys_of_sixteen_bits_are_not_read_from_objects_and_vectors_of_keys_are_not_shifted()
    {
        var data = _ml.Data.LoadFromEnumerable([new ShortKeyRow { Small = 1, Many = [0, 1, 9] }]);
        Assert.ThrowsAny<Exception>(() => data.GetColumn<ushort>("Small").ToArray());
        Assert.Equal("Vector<Key<UInt32, 0-2>>", data.Schema["Many"].Type.ToString());
        Assert.Equal([[0u, 1, 9]], data.GetColumn<uint[]>("Many"));
    }

    [Fact]
    public void Values_become_keys_in_the_order_of_their_appearance_and_unseen_ones_are_missing()
    {
        var mapping = _ml.Transforms.Conversion.MapValueToKey("Key", "Name").Fit(Names("dog", "cat", "dog", "bird"));
        var mapped = mapping.Transform(Names("cat", "fish", "dog", "bird", ""));
        Assert.Equal([2u, 0, 1, 3, 0], mapped.GetColumn<uint>("Key"));
        VBuffer<ReadOnlyMemory<char>> values = default;
        mapped.Schema["Key"].GetKeyValues(ref values);
        Assert.Equal(["dog", "cat", "bird"], values.DenseValues().Select(value => value.ToString()));
        var back = _ml.Transforms.Conversion.MapKeyToValue("Key").Fit(mapped).Transform(mapped);
        Assert.Equal(["cat", "", "dog", "bird", ""], back.GetColumn<string>("Key"));

        IDataView Names(params string[] names) => _ml.Data.LoadFromEnumerable(names.Select(name => new { Name = name }));
    }

    public class KeyRow
    {
        [KeyType(3)]
        public uint Key;
    }

    public class ShortKeyRow
    {
        [KeyType(3)]
        public ushort Small;

        [KeyType(3)]
        public uint[] Many = [];
    }
}
