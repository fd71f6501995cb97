using System.Numerics;

namespace Microsoft.ML.Data;

/// <summary>A 128-bit name of a row, made from other names by steps of the Murmur3 hash.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    public readonly ulong Low;
    public readonly ulong High;

    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The name of the second of two rows that this row is split into.</summary>
    public DataViewRowId Fork() => Mix(BitOperations.RotateLeft(C1, 31) * C2, 0, combining: false);

    /// <summary>The name of the row after this one.</summary>
    public DataViewRowId Next() => Mix(0, 0, combining: false);

    public DataViewRowId Combine(DataViewRowId other)
    {
        DataViewRowId fork = other.Fork();
        return Mix(BitOperations.RotateLeft(fork.Low * C1, 31) * C2, BitOperations.RotateLeft(fork.High * C2, 33) * C1, combining: true);
    }

    public int CompareTo(DataViewRowId other) => (High, Low).CompareTo((other.High, other.Low));

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    public override string ToString() => $"{High:x16}{Low:x16}";

    /// <summary>One Murmur3 body round; Fork applies its chunk after the round, Combine before it.</summary>
    private DataViewRowId Mix(ulong chunk1, ulong chunk2, bool combining)
    {
        ulong low = combining ? Low ^ chunk1 : Low;
        low = ((BitOperations.RotateLeft(low, 27) + High) * 5) + 0x52dce729;
        ulong high = combining ? High ^ chunk2 : High;
        high = ((BitOperations.RotateLeft(high, 31) + low) * 5) + 0x38495ab5;
        return new DataViewRowId(combining ? low : low ^ chunk1, high);
    }
}
