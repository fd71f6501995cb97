namespace MLNet.CrossEntropy;

/// <summary>How the objective is minimised.</summary>
public enum Solver
{
    /// <summary>
    /// <see cref="Saga"/> where its memory of the rows is at most 64 MB, else <see cref="Sgd"/>; for rows that are not kept in memory
    /// always the latter. Where SAGA has not converged in its epochs, <see cref="Newton"/> goes on from there: of cross-entropy without an
    /// L1 penalty, up to 511 features, and as long as neither validation rows nor an option (epochs, batch size, rate, rule) say how SGD
    /// goes.
    /// </summary>
    Auto,

    /// <summary>
    /// The batch's gradient as it is, with a learning rate that falls to 0: a good model after a few passes.
    /// </summary>
    Sgd,

    /// <summary>
    /// SAGA: the batch's gradient corrected by the gradients that its rows had when they were last seen, whose mean over all
    /// rows is kept. The noise of the steps vanishes at the optimum, so the rate stays constant and the fit converges
    /// linearly to the strict optimum of a convex objective. Costs one float a row and output.
    /// (Defazio, Bach and Lacoste-Julien 2014, "SAGA: A fast incremental gradient method with support for non-strongly
    /// convex composite objectives".)
    /// </summary>
    Saga,

    /// <summary>
    /// Truncated Newton over all rows at once: conjugate gradients on products with the Hessian, then a line search. A few iterations,
    /// each counted as an epoch, reach the strict optimum of a cross-entropy, however badly its features are correlated: the method for
    /// small and middling data that must be fitted exactly. Not for L1, nor for losses that are not convex. Costs four floats a row and
    /// output. (Dembo and Steihaug 1983, "Truncated-Newton algorithms for large-scale unconstrained optimization"; for logistic
    /// regression Lin, Weng and Keerthi 2008, "Trust region Newton method for large-scale logistic regression".)
    /// </summary>
    Newton,
}

/// <summary>Why a fit ended.</summary>
public enum StopReason
{
    /// <summary>Every epoch that was asked for has run.</summary>
    MaximumEpochs,

    /// <summary>The tolerance was reached.</summary>
    Converged,

    /// <summary>The validation loss did not improve for as many epochs as patience allows.</summary>
    PatienceExhausted,

    /// <summary>The caller cancelled; the model is the best so far.</summary>
    Cancelled,
}
