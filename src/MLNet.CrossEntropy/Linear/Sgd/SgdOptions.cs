

namespace MLNet.CrossEntropy.Linear;

/// <summary>What the SGD loop needs to know besides the rows.</summary>
internal sealed partial record SgdOptions
{
    /// <summary>The loss of one row, from its logits.</summary>
    public required LogitLoss Loss { get; init; }

    /// <summary>The number of outputs (logits): the classes of a softmax, 1 for a binary sigmoid, the labels of a multi-label one.</summary>
    public required int Outputs { get; init; }

    /// <summary>How a batch's gradient becomes a step.</summary>
    public Solver Solver { get; init; }

    /// <summary>Passes over the training rows at most; null chooses by the number of rows (see <see cref="SgdPlan"/>).</summary>
    public int? Epochs { get; init; }

    /// <summary>Rows a step; null chooses by the number of rows (see <see cref="SgdPlan"/>).</summary>
    public int? BatchSize { get; init; }

    /// <summary>The largest learning rate of the schedule; null derives it from the data (see <see cref="LearningRateRule"/>).</summary>
    public double? LearningRate { get; init; }

    /// <summary>The penalty <c>l2/2 ||W||^2</c> added to the mean loss; biases are not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>The penalty <c>l1 ||W||_1</c> added to the mean loss; biases are not penalised.</summary>
    public double L1 { get; init; }

    /// <summary>Momentum of the SGD step, in [0, 1); an <see cref="Optimizer"/> brings its own.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The rule of the step, for dense rows; null is SGD with <see cref="Momentum"/>.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>The learning rate of every step; null lets <see cref="LearningRate"/> fall to 0 over the fit (SAGA: keeps it).</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Rescaling of the features inside the loop.</summary>
    public Standardization Standardization { get; init; } = Standardization.Auto;

    /// <summary>Whether rows are visited in a new random order each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seeds the shuffling; the same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>How many threads take part; 1 starts none.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Sums the gradients of plain SGD on dense rows over machines; null when this one is alone.</summary>
    public IGradientSum? GradientSum { get; init; }

    /// <summary>Weights <c>[outputs, features]</c> to start from (raw features); null starts from zero.</summary>
    public float[]? InitialWeights { get; init; }

    /// <summary>
    /// The steps that <see cref="InitialWeights"/> have behind them, by which schedules go on; null when nothing is known of them.
    /// </summary>
    public long? StepsBefore { get; init; }

    /// <summary>SAGA only: the rate at which the fit that made <see cref="InitialWeights"/> settled, which this one does not exceed; null for none.</summary>
    public double? SettledRate { get; init; }

    /// <summary>Biases <c>[outputs]</c> to start from; null starts from the class priors.</summary>
    public float[]? InitialBiases { get; init; }

    /// <summary>Where and how often the fit is saved; null never does.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>Called before the first epoch, on the thread that called the fit.</summary>
    public Action<SgdBeginning>? OnBegin { get; init; }

    /// <summary>Called after each epoch, on the thread that called the fit.</summary>
    public Action<EpochReport>? OnEpoch { get; init; }
}
