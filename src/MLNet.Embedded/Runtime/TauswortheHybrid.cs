using System.Numerics;

namespace Microsoft.ML.Runtime;

/// <summary>
/// The generator that ML.NET draws from, so that seeded splits and shuffles are the same rows on both hosts: three Tausworthe
/// steps and a linear congruential one, combined by exclusive or (Howes and Thomas, GPU Gems 3, chapter 37).
/// </summary>
internal sealed class TauswortheHybrid : Random
{
    private uint _z1;
    private uint _z2;
    private uint _z3;
    private uint _z4;

    internal TauswortheHybrid(int? seed)
    {
        if (seed == null)
        {
            (_z1, _z2, _z3, _z4) = DrawState(Shared);
            return;
        }
        _z1 = (uint)seed.Value;
        _z2 = MurmurRound(_z1, _z1);
        _z3 = MurmurRound(_z2, _z1);
        _z4 = MurmurRound(_z3, _z1);
    }

    internal TauswortheHybrid(Random parent) => (_z1, _z2, _z3, _z4) = DrawState(parent);

    public override double NextDouble() => NextUInt32() * (1.0 / (1L << 32));

    public override int Next()
    {
        uint u = NextUInt32();
        return (int)(u + (u & 0x80000000));
    }

    public override int Next(int maxValue)
    {
        Check.Param(maxValue >= 0, nameof(maxValue), maxValue, "must be at least 0");
        return (int)(((ulong)NextUInt32() * (ulong)maxValue) >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        Check.Param(minValue <= maxValue, nameof(minValue), minValue, $"must be at most maxValue ({maxValue})");
        return (int)((long)(NextDouble() * ((long)maxValue - minValue)) + minValue);
    }

    public override void NextBytes(byte[] buffer)
    {
        foreach (ref byte value in buffer.AsSpan())
            value = (byte)Next();
    }

    // ML.NET's generator, older than this member, does not override it: Random then draws a number that no seed governs.
    public override float NextSingle()
        => throw new NotSupportedException("Microsoft.ML's generators ignore their seed in NextSingle: use NextDouble.");

    internal int NextSigned() => (int)NextUInt32();

    /// <summary>A number from 0 to 1, exclusive, of 23 random bits.</summary>
    internal float NextUnit() => (NextUInt32() >> 9) * (1f / (1 << 23));

    private uint NextUInt32()
    {
        _z1 = ((_z1 & ~0x1u) << 12) ^ (((_z1 << 13) ^ _z1) >> 19);
        _z2 = ((_z2 & ~0x7u) << 4) ^ (((_z2 << 2) ^ _z2) >> 25);
        _z3 = ((_z3 & ~0xfu) << 17) ^ (((_z3 << 3) ^ _z3) >> 11);
        _z4 = (_z4 * 1664525) + 1013904223;
        return _z1 ^ _z2 ^ _z3 ^ _z4;
    }

    /// <summary>A state drawn from another generator; the Tausworthe parts must not be small.</summary>
    private static (uint Z1, uint Z2, uint Z3, uint Z4) DrawState(Random parent)
    {
        return (AtLeast128(), AtLeast128(), AtLeast128(), Draw());

        uint Draw() => ((uint)parent.Next(0x10000) << 16) | (uint)parent.Next(0x10000);

        uint AtLeast128()
        {
            uint drawn = Draw();
            while (drawn < 128)
                drawn = Draw();
            return drawn;
        }
    }

    /// <summary>One round of the MurmurHash3 of 32 bits.</summary>
    internal static uint MurmurRound(uint hash, uint chunk)
    {
        hash ^= BitOperations.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593;
        return (BitOperations.RotateLeft(hash, 13) * 5) + 0xE6546B64;
    }
}
