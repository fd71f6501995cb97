using System.Globalization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>What is wrong with options, or with rows for them, and what to do about it.</summary>
internal static class TrainingErrors
{
    public static ArgumentException InvalidOptions(string trainer, IEnumerable<string> problems) => new(
        $"The options of {trainer} are not valid. {string.Join(" ", problems)}");

    public static InvalidOperationException TwoValidations(double fraction) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Validation data was given to Fit, and by the options (ValidationFraction is {fraction}) rows of the training data are held "
            + $"out too. Leave out one of them."));

    public static InvalidOperationException PatienceWithoutValidation(int patience) => new(
        $"Patience is {patience}, but there are no validation rows whose loss could lose it. Set a ValidationFraction, give Fit "
            + $"validation data, or leave Patience out; Tolerance ends a fit without them.");

    public static InvalidOperationException NothingToPullTo() => new(
        "PullToInitialModel is set, but there is no initial model. Set the option InitialModel, or give Fit one.");

    public static InvalidOperationException UnknownClass(string option, string name, string[] names) => new(
        $"{option} names the class {Throw.Quoted(name)}, which is none of the training data's: {Throw.Listed(names)}. Write its name as "
            + "the labels do.");

    public static ArgumentException NoShares(string shares) => new(
        $"The shares are {shares}; they must be above 0 and sum to 1.", nameof(shares));

    public static InvalidOperationException NoTargetPrior(string name) => new(
        $"TargetPrior has no share for the class {Throw.Quoted(name)}; give one above 0 for every class.");

    public static InvalidOperationException NoRowsToCorrect(string name) => new(
        $"No training row of positive weight is of class {Throw.Quoted(name)}, so its prior cannot be corrected. Leave the TargetPrior "
            + "out, or train with rows of every class.");

    public static InvalidOperationException WrongPositiveWeights(int weights, string column, int labels) => new(
        $"There are {weights} positive weights for the {labels} slots of the label column {Throw.Quoted(column)}; give one for each slot, "
            + "in order, or one for all.");

    public static InvalidOperationException TooManyWeights(int outputs, int features, long weights, int most) => new(
        $"{outputs} outputs of {features} features make {weights} weights; a model holds at most {most}. Take fewer features, for "
            + $"example with a hash of fewer bits, or fewer classes.");

    public static ArgumentException InitialModelOfOtherTask(bool isBinary, int classes) => new(
        $"The initial model is {(isBinary ? "binary" : $"multiclass, of {classes} classes")}; a {(isBinary ? "multiclass" : "binary")} " +
            $"fit needs one of its own kind.");

    public static ArgumentException InitialModelOfOtherFeatures(int features, string column, int needed) => new(
        $"The initial model has {features} features, and column {Throw.Quoted(column)} has {needed}. Prepare the data as it was prepared "
            + "for the initial model, or fit without one.");

    public static ArgumentException InitialModelOfNoNumbers() => new(
        "A weight or a bias of the initial model is NaN or infinite. Train that model anew, or fit without one.");

    public static ArgumentException UnmatchedClasses(bool dataIsNamed, int dataClasses, int modelClasses) => new(
        $"The label has {dataClasses} classes {(dataIsNamed ? "with" : "without")} names, and the initial model {modelClasses} " +
            $"{(dataIsNamed ? "without" : "with")} names: there is no telling which is which. "
        + "Make the label with MapValueToKey, and use an initial model whose label was made so too.");

    public static ArgumentException BalancedWarmStart() => new(
        "ClassWeights is Balanced and there is an initial model: balanced weights would be those of this batch of data alone, and "
            + "change from fit to fit. Give ClassWeights.ByName, or fit without an initial model.");

    public static ArgumentException NoSlotForClass(IEnumerable<string> described, int slots, int needed, float unknown) => new(
        $"The label vectors have {slots} slots, and with those of the initial model there are {needed} classes "
        + $"({string.Join(", ", described)}): vectors need a slot for each. Add them, filled with " +
            $"{unknown.ToString(CultureInfo.InvariantCulture)}.");

    public static ArgumentException NewClasses(IEnumerable<string> described) => new(
        $"The initial model does not have these classes of the training data: {string.Join(", ", described)}. "
        + "Set AddNewClasses to add them to the model, or leave their rows out.");
}
