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

    public static ArgumentException WrongNameCount(string parameter, int count, int expected, string what) => new(
        $"'{parameter}' has {count} names for {expected} {what}; give one for each, or null.", parameter);
}
