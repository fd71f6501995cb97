namespace MLNet.CrossEntropy;

/// <summary>What to do about classes of the training data that the initial model does not have.</summary>
public enum NewClassPolicy
{
    /// <summary>An error that names them.</summary>
    Throw,

    /// <summary>They are added; each begins with the mean weights and the mean bias of the model's classes, which favour none.</summary>
    Expand,
}
