using Microsoft.ML.Runtime;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Sends an evaluation's warnings to ML.NET's log.</summary>
internal static class EvaluationChannel
{
    public static void Warn(IHostEnvironment env, IReadOnlyList<string> warnings)
    {
        using var channel = env.Start("EvaluateCrossEntropy");
        foreach (var warning in warnings)
            channel.Warning(MessageSensitivity.None, warning);
    }
}
