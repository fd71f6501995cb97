namespace MLNet.CrossEntropy.Linear;

/// <summary>What the objectives of some epochs foretell of the next ones.</summary>
/// <param name="Left">About what is left to gain, as a share of the objective; infinite where the epochs do not tell.</param>
/// <param name="Epochs">How many epochs more take it to what is enough, if it hurries.</param>
internal readonly record struct Forecast(double Left, double Epochs)
{
    private const int Window = 4;

    /// <summary>
    /// Takes gains to go on to fall by a power of the time, as they did in the last epochs and as many before them: slow directions are
    /// left in the end. Where the last epoch is not the best of them the fit has not settled, and nothing is foretold.
    /// </summary>
    /// <param name="objectives">The objective after each epoch.</param>
    /// <param name="enough">The share of the objective that need not be gone for.</param>
    public static Forecast Of(IReadOnlyList<double> objectives, double enough)
    {
        var epochs = objectives.Count;
        if (epochs < 3 * Window)
            return new Forecast(double.PositiveInfinity, 0);
        double Least(int end) => objectives.Skip(epochs - end - Window).Take(Window).Min();
        double last = Least(0), middle = Least(Window);
        double gain = middle - last, ratio = gain / (Least(2 * Window) - middle);
        if (!(gain > 0 && ratio < 1))
            return new Forecast(double.PositiveInfinity, double.PositiveInfinity);
        // Of gains c t^-p, p > 1, those after t windows are c t^(1-p) / (p - 1).
        var windows = epochs / (double)Window;
        var power = Math.Log(ratio) / Math.Log((windows - 1) / windows);
        var left = power > 1 && objectives[^1] <= last ? gain * windows / (power - 1) / last : double.PositiveInfinity;
        return new Forecast(left, Window * Math.Log(Math.Min(left, 1) / enough) / -Math.Log(ratio));
    }
}
