namespace Microsoft.ML.Runtime;

/// <summary>Channel messages of unknown sensitivity, the common case.</summary>
internal static class HostExtensions
{
    internal static void Trace(this IChannel channel, string message) => channel.Trace(MessageSensitivity.Unknown, message);

    internal static void Info(this IChannel channel, string message) => channel.Info(MessageSensitivity.Unknown, message);

    internal static void Warning(this IChannel channel, string message) => channel.Warning(MessageSensitivity.Unknown, message);

    internal static void Error(this IChannel channel, string message) => channel.Error(MessageSensitivity.Unknown, message);

    /// <summary>The seed of the MLContext that this environment belongs to.</summary>
    internal static int? SeedOrNull(this IHostEnvironment environment) => environment switch
    {
        MLContext context => context.Environment.Seed,
        HostEnvironment host => host.Seed,
        _ => null,
    };
}
