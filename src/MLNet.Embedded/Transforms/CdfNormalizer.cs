using System.Collections.Immutable;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The normal distribution function of (value - mean) / deviation, by Winitzki's approximation of erf; 0 for NaN, infinities and
/// constant slots.
/// </summary>
internal sealed class CdfNormalizer(float[] mean, float[] deviation) : ColumnNormalizer
{
    private const float Winitzki = 0.147f;

    protected override int SlotCount => mean.Length;

    protected override bool KeepsZero => false;

    public override NormalizingTransformer.NormalizerModelParametersBase ToModelParameters(bool isVector)
        => isVector
            ? new NormalizingTransformer.CdfNormalizerModelParameters<ImmutableArray<float>>([.. mean], [.. deviation], false)
            : new NormalizingTransformer.CdfNormalizerModelParameters<float>(mean[0], deviation[0], false);

    public override void Save(BinaryWriter writer)
    {
        writer.Write(false);
        writer.WriteArray<float>(mean);
        writer.WriteArray<float>(deviation);
    }

    protected override float Apply(int slot, float value)
    {
        if (!float.IsFinite(value) || deviation[slot] <= float.Epsilon)
            return 0;
        float x = (value - mean[slot]) / deviation[slot];
        float half = x * x / 2;
        float correction = Winitzki * half;
        return (float)(0.5 + 0.5 * Math.Sign(x) * Math.Sqrt(1 - Math.Exp(-half * (4 / Math.PI + correction) / (1 + correction))));
    }
}
