using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public sealed class LinearBinaryModelParameters : LinearModelParameters, IBinaryModel
{
    public readonly ModelStatisticsBase Statistics;

    internal LinearBinaryModelParameters(IHostEnvironment env, in VBuffer<float> weights, float bias, ModelStatisticsBase stats = null)
        : base(env, weights, bias)
        => Statistics = stats;

    internal LinearBinaryModelParameters(ModelLoadContext ctx)
        : this(ctx.Environment, ctx.Reader.ReadVector<float>(), ctx.Reader.ReadSingle(), ModelStatisticsBase.LoadBelow(ctx))
    {
    }

    int IBinaryModel.FeatureCount => Weights.Count;

    ICalibrator IBinaryModel.Calibrator => null;

    float IBinaryModel.Predict(in VBuffer<float> features) => Score(features);

    private protected override void Save(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.LinearBinary);
        writer.WriteVector(new VBuffer<float>(Weights.Count, WeightSpan.ToArray()));
        writer.Write(Bias);
        ModelStatisticsBase.SaveBelow(ctx, writer, Statistics);
    }
}
