using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class DataViewTypeTests
{
    public static TheoryData<DataViewType, string, Type> Types => new()
    {
        { NumberDataViewType.Single, "Single", typeof(float) },
        { NumberDataViewType.Double, "Double", typeof(double) },
        { NumberDataViewType.Int32, "Int32", typeof(int) },
        { NumberDataViewType.UInt64, "UInt64", typeof(ulong) },
        { BooleanDataViewType.Instance, "Boolean", typeof(bool) },
        { TextDataViewType.Instance, "String", typeof(ReadOnlyMemory<char>) },
        { new KeyDataViewType(typeof(uint), 4), "Key<UInt32, 0-3>", typeof(uint) },
        { new KeyDataViewType(typeof(byte), 255), "Key<Byte, 0-254>", typeof(byte) },
        { new VectorDataViewType(NumberDataViewType.Single, 4), "Vector<Single, 4>", typeof(VBuffer<float>) },
        { new VectorDataViewType(NumberDataViewType.Single), "Vector<Single>", typeof(VBuffer<float>) },
        { new VectorDataViewType(TextDataViewType.Instance, 2, 3), "Vector<String, 2, 3>", typeof(VBuffer<ReadOnlyMemory<char>>) },
        { new VectorDataViewType(NumberDataViewType.Int16, 0, 3), "Vector<Int16, *, 3>", typeof(VBuffer<short>) },
        { new VectorDataViewType(new KeyDataViewType(typeof(ulong), 7), 2), "Vector<Key<UInt64, 0-6>, 2>", typeof(VBuffer<ulong>) },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_prints_and_knows_its_values_type(DataViewType type, string text, Type rawType)
    {
        Assert.Equal(text, type.ToString());
        Assert.Equal(rawType, type.RawType);
    }

    [Fact]
    public void Keys_and_vectors_are_equal_by_content()
    {
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(uint), 3));
        Assert.NotEqual(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(uint), 4));
        Assert.NotEqual(new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(byte), 3));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 6), new VectorDataViewType(NumberDataViewType.Single, 6));
        Assert.NotEqual(new VectorDataViewType(NumberDataViewType.Single, 6), new VectorDataViewType(NumberDataViewType.Single, 2, 3));
        Assert.NotEqual<DataViewType>(new VectorDataViewType(NumberDataViewType.Single, 1), NumberDataViewType.Single);
    }

    [Theory]
    [InlineData(typeof(int), 3)]
    [InlineData(typeof(uint), 0)]
    [InlineData(typeof(byte), 256)]
    public void A_key_type_must_be_unsigned_and_hold_its_count(Type type, ulong count)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new KeyDataViewType(type, count));

    [Fact]
    public void A_vector_size_is_the_product_of_its_dimensions()
    {
        var type = new VectorDataViewType(NumberDataViewType.Single, 2, 3, 4);
        Assert.Equal(24, type.Size);
        Assert.True(type.IsKnownSize);
        Assert.Equal([2, 3, 4], type.Dimensions.ToArray());
        Assert.False(new VectorDataViewType(NumberDataViewType.Single).IsKnownSize);
    }

    [Fact]
    public void Row_ids_follow_murmur()
    {
        var id = new DataViewRowId(1, 2);
        Assert.Equal("00000000000000020000000000000001", id.ToString());
        Assert.Equal(new DataViewRowId(id.Low, id.High), id);
        Assert.True(id.CompareTo(new DataViewRowId(0, 3)) < 0);
        Assert.Equal("000000079e99deb4000000007adce733", id.Next().ToString());
        Assert.Equal("000000079e99deb434e09d0b1102190b", id.Fork().ToString());
        Assert.Equal("fe112f99efc95bdf6686144a761cb47b", id.Combine(new DataViewRowId(5, 6)).ToString());
    }
}
