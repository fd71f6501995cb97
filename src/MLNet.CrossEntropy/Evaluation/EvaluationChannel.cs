using Microsoft.ML.Runtime;

namespace MLNet.CrossEntropy;

/// <summary>Sends an evaluation's warnings to ML.NET's log.</summary>
internal static class EvaluationChannel
{
    public static void Warn(IHostEnvironment env, CrossEntropyMetrics metrics)
    {
        using IChannel channel = env.Start("EvaluateCrossEntropy");
        foreach (string warning in metrics.Warnings)
            channel.Warning(MessageSensitivity.None, warning);
    }
}
