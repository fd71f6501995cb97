using Microsoft.ML.Runtime;

namespace Microsoft.ML.Calibrators;

/// <summary>1 / (1 + exp(Slope output + Offset)).</summary>
public sealed class PlattCalibrator : ICalibrator, ICanSaveModel
{
    internal PlattCalibrator(IHostEnvironment env, double slope, double offset)
    {
        ArgumentNullException.ThrowIfNull(env);
        Slope = slope;
        Offset = offset;
    }

    internal PlattCalibrator(ModelLoadContext ctx)
        : this(ctx.Environment, ctx.Reader.ReadDouble(), ctx.Reader.ReadDouble())
    {
    }

    public double Slope { get; }

    public double Offset { get; }

    public float PredictProbability(float output) => (float)(1 / (1 + Math.Exp(Slope * output + Offset)));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.Platt);
        writer.Write(Slope);
        writer.Write(Offset);
    }
}
