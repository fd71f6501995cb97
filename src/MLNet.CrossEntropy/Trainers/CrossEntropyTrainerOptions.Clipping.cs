namespace MLNet.CrossEntropy;

// Limits on the gradient of a step.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>
    /// The largest Euclidean norm of a step's gradient, over the weights of the rescaled features and the biases together: a longer one
    /// is scaled down to it. Null for no limit.
    /// </summary>
    /// <remarks>
    /// Pascanu, Mikolov and Bengio 2013. For dense rows and plain SGD, to which <see cref="Solver.Auto"/> then leads; sparse rows
    /// are an error, since the norm of a sparse step's gradient would cost more than the step.
    /// </remarks>
    public double? GradientClippingNorm { get; set; }

    /// <summary>The largest size of each element of a step's gradient, limited before the norm; null for no limit.</summary>
    public double? GradientClippingValue { get; set; }

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> ClippingChecks() =>
    [
        (GradientClippingNorm is null || IsFinite(GradientClippingNorm.Value, from: double.Epsilon), nameof(GradientClippingNorm), GradientClippingNorm, "finite and above 0, or null for no limit"),
        (GradientClippingValue is null || IsFinite(GradientClippingValue.Value, from: double.Epsilon), nameof(GradientClippingValue), GradientClippingValue, "finite and above 0, or null for no limit"),
        (Solver is Solver.Sgd or Solver.Auto || (GradientClippingNorm is null && GradientClippingValue is null), nameof(Solver), Solver, "Sgd or Auto when gradients are clipped: the others rely on whole ones"),
    ];
}
