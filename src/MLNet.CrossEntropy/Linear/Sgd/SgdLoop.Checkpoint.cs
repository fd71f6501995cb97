using System.Text.Json;

namespace MLNet.CrossEntropy.Linear;

/// <summary>All that the loop must remember to go on as if it had never stopped.</summary>
internal sealed partial class SgdLoop
{
    private Checkpoint? _checkpoint;
    private TimeSpan _elapsedBefore;
    private long _resumedFrom;

    private void Resume(string identity)
    {
        _checkpoint = new Checkpoint(_options.Checkpoint!, identity, Exchange);
        if (_checkpoint.TryResume())
            _resumedFrom = _steps;
        _checkpoint.StartFrom(_history.Count, _steps);
    }

    /// <summary>A fit that was broken off can be taken up.</summary>
    private static bool IsBrokenOff(StopReason reason) => reason is StopReason.Cancelled or StopReason.OutOfTime;

    private void Exchange(StateExchange state)
    {
        state.Value(ref _largestRate);
        state.Value(ref _startLoss);
        state.Value(ref _unsettledEpochs);
        state.Value(ref _smallestGradient);
        state.Value(ref _bestObjective);
        state.Value(ref _retries);
        state.Value(ref _steps);
        state.Value(ref _chunk);
        state.Value(ref _place);
        state.Value(ref _epochLoss);
        state.Value(ref _epochWeight);
        _stopping.Exchange(state);
        ExchangeHistory(state);
        ExchangeOrders(state);
        _step.Exchange(state);
    }

    private void ExchangeHistory(StateExchange state)
    {
        var elapsed = Elapsed;
        state.Value(ref elapsed);
        var history = JsonSerializer.Serialize(_history, HistoryJson.Options);
        state.Text(ref history);
        if (!state.IsReading)
            return;
        _elapsedBefore = elapsed;
        _history.Clear();
        _history.AddRange(JsonSerializer.Deserialize<List<EpochReport>>(history, HistoryJson.Options)!);
    }

    private void ExchangeOrders(StateExchange state)
    {
        int[] sizes = [.. _orders.Keys.Order()];
        var count = sizes.Length;
        state.Value(ref count);
        if (state.IsReading)
            sizes = new int[count];
        state.Values(sizes.AsSpan());
        foreach (var size in sizes)
            OrderOf(size).Exchange(state);
    }
}
