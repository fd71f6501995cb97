namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The one place through which gradients are summed over machines, each of which holds a part of every batch. Fits that share a
/// sum must be given the same <see cref="SgdOptions"/> (learning rate, initial biases, no standardisation: what is derived from
/// rows would be derived from each machine's own), dense rows and equally many batches; then all take the same steps.
/// </summary>
internal interface IGradientSum
{
    /// <summary>
    /// Replaces this machine's sums by those of all machines, in an order that is the same on each. Called once a step, on the
    /// thread that called the fit.
    /// </summary>
    /// <param name="sums">The weighted sum of the rows' gradients in weights and biases, then the sum of their weights and that of their losses.</param>
    void Sum(Span<float> sums);
}
