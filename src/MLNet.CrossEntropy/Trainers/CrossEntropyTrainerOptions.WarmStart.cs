using Microsoft.ML;

namespace MLNet.CrossEntropy;

// Where the fit begins.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>
    /// The model to go on from; null begins with weights of 0. A transformer, or a chain of them, with exactly one linear classifier in
    /// it, of the same task: ours, a built-in trainer's, or loaded. It is left as it is. Fit also takes a model of its own.
    /// </summary>
    /// <remarks>
    /// The model must have as many features as the data, in the same order. Classes are matched by name (by position where the model's
    /// or the data's have none); those of the model that the data lacks are kept, behind those of the data; without rows of
    /// theirs, training makes them ever less likely.
    /// </remarks>
    public ITransformer? InitialModel { get; set; }

    /// <summary>
    /// How many steps the initial model has behind it, so that schedules go on where they stopped. Null knows it of models fitted by this
    /// library in this process (<see cref="TrainingReport.TotalSteps"/>). Of others nothing is known: a <see cref="Schedule"/> then begins at 0, and
    /// the learning rate that falls to 0 begins at a tenth of its usual height, so as not to lose what the model knows.
    /// </summary>
    /// <remarks>After s steps, a fit of n steps begins at n / (n + s) of the usual height: as 1/t, over fits of the same length. SAGA's rate needs no such care.</remarks>
    public long? InitialSteps { get; set; }

    /// <summary>What to do about classes that the initial model does not have; of multiclass models only.</summary>
    public NewClassPolicy NewClasses { get; set; }

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> WarmStartChecks() =>
    [
        (InitialSteps is null or >= 0, nameof(InitialSteps), InitialSteps, "at least 0, or null for what is known of the model"),
        (Enum.IsDefined(NewClasses), nameof(NewClasses), NewClasses, $"one of {string.Join(", ", Enum.GetNames<NewClassPolicy>())}"),
    ];
}
