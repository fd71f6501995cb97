using System.Globalization;

namespace Microsoft.ML.Runtime;

/// <summary>
/// A named place in the tree of components below an MLContext: draws its seed from its parent and sends its messages to the root.
/// </summary>
internal sealed class HostEnvironment : IHost
{
    private readonly HostEnvironment _parent;
    private readonly Action<string, ChannelMessage> _listener;
    private readonly string _fullName;
    private readonly TauswortheHybrid _random;
    private readonly Lock _randomLock = new();

    /// <summary>The root; <paramref name="listener"/> gets every message with the full name of its source.</summary>
    internal HostEnvironment(int? seed, Action<string, ChannelMessage> listener)
    {
        Seed = seed;
        _listener = listener;
        _random = new TauswortheHybrid(seed);
        ComponentCatalog = new ComponentCatalog();
    }

    private HostEnvironment(HostEnvironment parent, string name, TauswortheHybrid random)
    {
        _parent = parent;
        _listener = parent._listener;
        // ML.NET leaves the root out of its names and starts a component's name with its grandparent's.
        _fullName = parent._parent?._fullName is string prefix ? $"{prefix}; {name}" : name;
        _random = random;
        Seed = parent.Seed;
        ComponentCatalog = parent.ComponentCatalog;
    }

    /// <summary>The seed given to the MLContext, if one was.</summary>
    internal int? Seed { get; }

    public ComponentCatalog ComponentCatalog { get; }

    public Random Rand => _random;

    public string ContextDescription => _parent == null ? "HostEnvironment" : _fullName;

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Check.NonEmpty(name);
        lock (_randomLock)
            return new HostEnvironment(this, name, seed.HasValue ? new TauswortheHybrid(seed) : new TauswortheHybrid(_random));
    }

    public IChannel Start(string name)
    {
        Check.NonEmpty(name);
        return new Channel(this, name);
    }

    public IPipe<TMessage> StartPipe<TMessage>(string name) => Start(name) as IPipe<TMessage>
        ?? throw new NotSupportedException($"The embedded ML.NET host has pipes of {nameof(ChannelMessage)} only, not of {typeof(TMessage)}.");

    public IProgressChannel StartProgressChannel(string name) => new SilentProgressChannel();

    public TException Process<TException>(TException ex)
        where TException : Exception
        => ex;

    private sealed class Channel : IChannel
    {
        private readonly HostEnvironment _host;
        private readonly string _fullName;
        private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();
        private bool _disposed;

        public Channel(HostEnvironment host, string name)
        {
            _host = host;
            _fullName = host._fullName == null ? name : $"{host._fullName}; {name}";
            Trace(MessageSensitivity.None, "Channel started");
        }

        public string ContextDescription => _fullName;

        public void Trace(MessageSensitivity sensitivity, string fmt) => Trace(sensitivity, fmt, []);

        public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args)
            => Send(new ChannelMessage(ChannelMessageKind.Trace, sensitivity, fmt, args));

        public void Error(MessageSensitivity sensitivity, string fmt) => Error(sensitivity, fmt, []);

        public void Error(MessageSensitivity sensitivity, string fmt, params object[] args)
            => Send(new ChannelMessage(ChannelMessageKind.Error, sensitivity, fmt, args));

        public void Warning(MessageSensitivity sensitivity, string fmt) => Warning(sensitivity, fmt, []);

        public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args)
            => Send(new ChannelMessage(ChannelMessageKind.Warning, sensitivity, fmt, args));

        public void Info(MessageSensitivity sensitivity, string fmt) => Info(sensitivity, fmt, []);

        public void Info(MessageSensitivity sensitivity, string fmt, params object[] args)
            => Send(new ChannelMessage(ChannelMessageKind.Info, sensitivity, fmt, args));

        public void Send(ChannelMessage msg) => _host._listener(_fullName, msg);

        public TException Process<TException>(TException ex)
            where TException : Exception
            => ex;

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            string elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(_started).ToString("c", CultureInfo.InvariantCulture);
            Trace(MessageSensitivity.None, $"Channel finished. Elapsed {elapsed}.");
            Trace(MessageSensitivity.None, "Channel disposed");
        }
    }
}
