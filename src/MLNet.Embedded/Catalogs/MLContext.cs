using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>The entry point: the catalogs, the source of randomness, and the log.</summary>
public sealed class MLContext : IHostEnvironment
{
    public MLContext(int? seed = null)
    {
        Environment = new HostEnvironment(seed, (source, message) =>
            Log?.Invoke(this, new LoggingEventArgs(message.Message, message.Kind, source)));
        BinaryClassification = new BinaryClassificationCatalog(Environment);
        MulticlassClassification = new MulticlassClassificationCatalog(Environment);
        Transforms = new TransformsCatalog(Environment);
        Model = new ModelOperationsCatalog(Environment);
        Data = new DataOperationsCatalog(Environment);
    }

    public event EventHandler<LoggingEventArgs> Log;

    public BinaryClassificationCatalog BinaryClassification { get; }

    public MulticlassClassificationCatalog MulticlassClassification { get; }

    public TransformsCatalog Transforms { get; }

    public ModelOperationsCatalog Model { get; }

    public DataOperationsCatalog Data { get; }

    public ComponentCatalog ComponentCatalog => Environment.ComponentCatalog;

    public string TempFilePath { get; set; } = Path.GetTempPath();

    public bool FallbackToCpu { get; set; }

    public int? GpuDeviceId { get; set; }

    internal HostEnvironment Environment { get; }

    string IExceptionContext.ContextDescription => Environment.ContextDescription;

    TException IExceptionContext.Process<TException>(TException ex) => Environment.Process(ex);

    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose) => Environment.Register(name, seed, verbose);

    IChannel IChannelProvider.Start(string name) => Environment.Start(name);

    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => Environment.StartPipe<TMessage>(name);

    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => Environment.StartProgressChannel(name);
}
