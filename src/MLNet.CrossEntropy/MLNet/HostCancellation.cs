using Microsoft.ML.Runtime;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// A token for one call that is cancelled with the caller's, and where the MLContext is: AutoML cancels that of an experiment whose time is
/// over. ML.NET can only be asked whether it was, so it is asked again and again.
/// </summary>
internal sealed class HostCancellation : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _source;
    private readonly Timer _timer;

    public HostCancellation(IHostEnvironment host, CancellationToken token = default)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        Look(host);
        _timer = new Timer(_ => Look(host), null, Period, Period);
    }

    /// <summary>Cancelled when either is.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // Until it no longer looks.
        using var ended = new ManualResetEvent(false);
        if (_timer.Dispose(ended))
            ended.WaitOne();
        _source.Dispose();
    }

    private void Look(IHostEnvironment host)
    {
        if (NativeModels.IsCancelled(host))
            _source.Cancel();
    }
}
