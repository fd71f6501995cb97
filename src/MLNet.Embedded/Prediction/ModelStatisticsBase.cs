using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>How well a model fits its training data: deviances are -2 times a log-likelihood, in nats.</summary>
public class ModelStatisticsBase : ICanSaveModel
{
    public readonly long TrainingExampleCount;
    public readonly float Deviance;
    public readonly float NullDeviance;
    public readonly int ParametersCount;

    internal ModelStatisticsBase(IHostEnvironment env, long trainingExampleCount, int paramCount, float deviance, float nullDeviance)
    {
        ArgumentNullException.ThrowIfNull(env);
        TrainingExampleCount = trainingExampleCount;
        ParametersCount = paramCount;
        Deviance = deviance;
        NullDeviance = nullDeviance;
    }

    internal ModelStatisticsBase(ModelLoadContext ctx)
        : this(ctx.Environment, ctx.Reader.ReadInt64(), ctx.Reader.ReadInt32(), ctx.Reader.ReadSingle(), ctx.Reader.ReadSingle())
    {
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.Statistics);
        writer.Write(TrainingExampleCount);
        writer.Write(ParametersCount);
        writer.Write(Deviance);
        writer.Write(NullDeviance);
    }

    /// <summary>Saves the statistics of a model below it, if it has any.</summary>
    internal static void SaveBelow(ModelSaveContext ctx, BinaryWriter writer, ModelStatisticsBase statistics)
    {
        writer.Write(statistics != null);
        if (statistics != null)
            ctx.SaveModel(statistics, nameof(ModelKinds.Statistics));
    }

    internal static ModelStatisticsBase LoadBelow(ModelLoadContext ctx)
        => ctx.Reader.ReadBoolean() ? ctx.LoadModel<ModelStatisticsBase>(nameof(ModelKinds.Statistics)) : null;
}
