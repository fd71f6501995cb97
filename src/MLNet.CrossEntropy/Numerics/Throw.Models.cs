using System.Globalization;

namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    public static ArgumentException NotOneLinearModel(string parameter, IEnumerable<string> found, IEnumerable<string> all)
    {
        var models = string.Join(", ", found);
        var wanted = "Give a transformer, or a chain, with exactly one linear classifier: a linear multiclass model (such as those of SoftmaxCrossEntropy, LbfgsMaximumEntropy and the Sdca trainers) or a linear binary one, calibrated or not";
        return new(models.Length > 0
            ? $"There is more than one linear classifier in '{parameter}': {models}. {wanted}."
            : $"There is no linear classifier in '{parameter}', but these: {string.Join(", ", all)}. {wanted}.", parameter);
    }

    public static ArgumentException NotALinearModel(string parameter, Type type) => new(
        $"'{parameter}' is a {type}; it must be the parameters of a linear classifier: linear multiclass model parameters, or linear binary ones, calibrated by Platt's sigmoid or not.", parameter);

    public static ArgumentException InitialModelOfOtherTask(bool isBinary, int classes) => new(
        $"The initial model is {(isBinary ? "binary" : $"multiclass, of {classes} classes")}; a {(isBinary ? "multiclass" : "binary")} fit needs one of its own kind.");

    public static ArgumentException InitialModelOfOtherFeatures(int features, string column, int needed) => new(
        $"The initial model has {features} features, and column '{column}' has {needed}. Prepare the data as it was prepared for the initial model, or fit without one.");

    public static ArgumentException UnmatchedClasses(bool dataIsNamed, int dataClasses, int modelClasses) => new(
        $"The label has {dataClasses} classes {(dataIsNamed ? "with" : "without")} names, and the initial model {modelClasses} {(dataIsNamed ? "without" : "with")} names: there is no telling which is which. "
        + "Make the label with MapValueToKey, and use an initial model whose label was made so too.");

    public static ArgumentException BalancedWarmStart() => new(
        "ClassWeights is Balanced and there is an initial model: balanced weights would be those of this batch of data alone, and change from fit to fit. Give ClassWeights.ByName, or fit without an initial model.");

    public static ArgumentException NoSlotForClass(IEnumerable<string> classes, int slots, int needed, float unknown) => new(
        $"The label vectors have {slots} slots, and with those of the initial model there are {needed} classes "
        + $"({string.Join(", ", classes)}): vectors need a slot for each. Add them, filled with {unknown.ToString(CultureInfo.InvariantCulture)}.");

    public static ArgumentException NewClasses(IEnumerable<string> names) => new(
        $"The initial model does not have these classes of the training data: {string.Join(", ", names)}. "
        + $"Set {nameof(CrossEntropyTrainerOptions.NewClasses)} to {NewClassPolicy.Expand} to add them to the model, or leave their rows out.");

    public static ArgumentException WrongNameCount(string parameter, int count, int expected, string what) => new(
        $"'{parameter}' has {count} names for {expected} {what}; give one for each, or null.", parameter);
}
