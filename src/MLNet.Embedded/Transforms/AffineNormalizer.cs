using System.Collections.Immutable;

namespace Microsoft.ML.Transforms;

/// <summary>(value - offset) scale in each slot.</summary>
internal sealed class AffineNormalizer(float[] scale, float[] offset) : ColumnNormalizer
{
    private readonly bool _keepsZero = Array.TrueForAll(offset, value => value == 0);

    protected override int SlotCount => scale.Length;

    protected override bool KeepsZero => _keepsZero;

    public override NormalizingTransformer.NormalizerModelParametersBase ToModelParameters(bool isVector)
        => isVector
            ? new NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>>([.. scale], _keepsZero ? [] : [.. offset])
            : new NormalizingTransformer.AffineNormalizerModelParameters<float>(scale[0], offset[0]);

    public override void Save(BinaryWriter writer)
    {
        writer.Write(true);
        writer.WriteArray<float>(scale);
        writer.WriteArray<float>(offset);
    }

    protected override float Apply(int slot, float value) => (value - offset[slot]) * scale[slot];
}
