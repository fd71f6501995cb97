namespace MLNet.CrossEntropy;

/// <summary>How the losses of many rows become the answer.</summary>
public enum Reduction
{
    /// <summary>They do not: one weighted loss a row (or a cell); the gradient is that of their sum.</summary>
    None,

    /// <summary>Their weighted mean, sum(w l) / sum(w), for hard and soft labels alike.</summary>
    Mean,

    /// <summary>Their weighted sum, sum(w l).</summary>
    Sum,
}
