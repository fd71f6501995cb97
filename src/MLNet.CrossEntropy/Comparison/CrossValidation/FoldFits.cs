using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>A model that was fitted without a fold, and what it says about the fold.</summary>
internal sealed record FoldFit(ITransformer Transformer, FoldForecasts Forecasts);

/// <summary>
/// The fits of a cross-validation, several at the same time: each with an estimator of its own, made in an MLContext of its own, so that
/// neither the number of threads nor the order changes a bit. Fits of an estimator that a function gives out more than once take turns,
/// in order.
/// </summary>
internal sealed class FoldFits(IHostEnvironment env, Func<int[], IDataView> pick, Folds folds, CrossValidationOptions options, int seed)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<int, Exception> _failures = [];
    private int _done;
    private int _total;
    private bool _isClosed;

    /// <summary>All fits: those of each model, repeat after repeat and fold after fold.</summary>
    /// <param name="estimators">Make the estimators.</param>
    /// <param name="heldOutWhole">The classes of which a part holds out every row.</param>
    /// <param name="read">Reads what a model says about a part.</param>
    public FoldFit[][] Run(
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        Func<int, string[]> heldOutWhole,
        Func<int, IDataView, FoldForecasts> read)
    {
        using var channel = env.Start("CrossValidateCrossEntropy");
        Fit[] fits = [.. estimators.SelectMany(e => Enumerable.Range(0, folds.Parts).Select(part => Make(e.Key, e.Value, part, channel)))];
        _total = fits.Length;
        var results = new FoldFit[fits.Length];
        var isShared = fits.GroupBy(f => f.Estimator, ReferenceEqualityComparer.Instance).Where(f => f.Count() > 1).SelectMany(f => f)
            .ToHashSet();
        int[] shared = [.. Enumerable.Range(0, fits.Length).Where(i => isShared.Contains(fits[i]))];
        int[][] chains = [shared, .. Enumerable.Range(0, fits.Length).Except(shared).Select(i => (int[])[i])];
        var next = -1;
        Thread[] others = [.. Enumerable.Range(1, Math.Min(options.NumberOfThreads ?? Environment.ProcessorCount, chains.Length) - 1)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"cross-validation {i}" })];
        foreach (var thread in others)
            thread.Start();
        Work();
        foreach (var thread in others)
            thread.Join();
        lock (_gate)
            _isClosed = true;
        options.CancellationToken.ThrowIfCancellationRequested();
        if (_failures.Count > 0)
        {
            (var index, var error) = _failures.First();
            throw ComparisonErrors.FoldFailed(fits[index].Model, folds.Name(fits[index].Part), heldOutWhole(fits[index].Part), error);
        }
        return [.. results.Chunk(folds.Parts)];

        void Work()
        {
            while (Interlocked.Increment(ref next) is var chain && chain < chains.Length)
            {
                foreach (var i in chains[chain])
                {
                    if (options.CancellationToken.IsCancellationRequested || HasFailed)
                        return;
                    Try(i, () => results[i] = Run(fits[i], read, channel));
                }
            }
        }
    }

    private bool HasFailed
    {
        get
        {
            lock (_gate)
                return _failures.Count > 0;
        }
    }

    private Fit Make(string model, Func<MLContext, IEstimator<ITransformer>> make, int part, IChannel channel)
    {
        // The same for all models: they meet on equal terms.
        MLContext context = new((int)(SplitMix64.Mix((ulong)seed * SplitMix64.Gamma + (ulong)part) >> 33));
        options.CancellationToken.Register(() => NativeModels.Cancel(context));
        context.Log += (_, e) => Send(channel, e.Kind, $"{Throw.Quoted(model)}, {folds.Name(part)}: {e.RawMessage}");
        return new(model, part, make(context) ?? throw ComparisonErrors.NoEstimator(model));
    }

    private FoldFit Run(Fit fit, Func<int, IDataView, FoldForecasts> read, IChannel channel)
    {
        var transformer = fit.Estimator.Fit(pick(folds.Training(fit.Part)));
        var forecasts = read(fit.Part, transformer.Transform(pick(folds.HeldOut(fit.Part))));
        lock (_gate)
        {
            options.Progress?.Report((double)++_done / _total);
        }
        Send(channel, ChannelMessageKind.Info, $"{Throw.Quoted(fit.Model)}, {folds.Name(fit.Part)}: fitted.");
        return new(transformer, forecasts);
    }

    private void Try(int index, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            lock (_gate)
                _failures.Add(index, error);
        }
    }

    private void Send(IChannel channel, ChannelMessageKind kind, string message)
    {
        lock (_gate)
        {
            // Models may have more to say later, when nobody listens.
            if (_isClosed)
                return;
            if (kind == ChannelMessageKind.Warning)
                channel.Warning(MessageSensitivity.None, message);
            else if (kind == ChannelMessageKind.Info)
                channel.Info(MessageSensitivity.None, message);
        }
    }

    private sealed record Fit(string Model, int Part, IEstimator<ITransformer> Estimator);
}
