namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    /// <summary>Refuses a number outside an open interval.</summary>
    public static void IfNotBetween(double value, double low, double high, string name)
    {
        if (!(value > low && value < high))
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}; it must be greater than {low} and less than {high}.");
    }

    /// <summary>Refuses a negative or non-finite example weight.</summary>
    public static void IfInvalidWeight(double weight, long row)
    {
        if (!double.IsFinite(weight) || weight < 0)
            throw new InvalidOperationException($"The example weight of row {row} is {weight}; weights must be finite and at least 0. Mend or filter the weight column.");
    }

    public static ArgumentException NoColumn(string name, string role, IEnumerable<string> present) => new(
        $"There is no {role} column '{name}'. The data has: {string.Join(", ", present)}.");

    public static ArgumentException WrongColumnType(string name, string role, object type, string needed) => new(
        $"The {role} column '{name}' is of type {type}; {needed} is needed.");

    public static ArgumentException DuplicateClass(string name, int first, int second) => new(
        $"Two classes are called '{name}' (slots {first} and {second} of the scores); class names must differ. Give the class names in score order in the options.");

    public static ArgumentException WrongClassCount(int given, int scores, string scoreColumn) => new(
        $"{given} class names were given, but a row of the score column '{scoreColumn}' has {scores} scores; give one name a score, in slot order.");

    public static ArgumentException TextLabelWithoutNames(string labelColumn) => new(
        $"The label column '{labelColumn}' is text, but the scores carry no class names to match it with. Map the label to a key as in training (MapValueToKey), or give the class names in score order in the options.");

    public static ArgumentException NumberForNamedClasses(string labelColumn, object type, string[] names) => new(
        $"The label column '{labelColumn}' holds numbers ({type}), but the scores' classes are called {Listed(names)}: a number cannot be matched with them. Map the label to a key as in training (MapValueToKey), or give the class names, as the labels write them, in score order in the options.");

    public static ArgumentException NoLabelIsAClass(string labelColumn, string[] values, string[] names) => new(
        $"No key value of the label column '{labelColumn}' ({Listed(values)}) is a class of the scores ({Listed(names)}). Map the labels to the names the model was trained with, or give the class names in score order in the options.");

    public static ArgumentException NoLabels(string labelColumn) => new(
        $"No row has a label of positive weight in column '{labelColumn}', so there are no class shares to take; name the column of the labels.");

    public static ArgumentException NoScoreColumn() => new(
        "Neither a score nor a probability column was named; the log-loss of a binary model needs at least one of the two.");

    public static ArgumentException SoftLabelSlotIsNoClass(string labelColumn, string[] slots, string[] names) => new(
        $"The slots of the label column '{labelColumn}' are called {Listed(slots)}, which are not all classes of the scores ({Listed(names)}). Name them alike, or remove the slot names to match by position.");

    public static InvalidOperationException WrongScoreCount(long row, int count, string scoreColumn, int expected) => new(
        $"Row {row} has {count} scores in column '{scoreColumn}'; every row must have {expected}, one a class.");

    public static string Listed(string[] names) =>
        string.Join(", ", names.Take(5).Select(n => $"'{n}'")) + (names.Length > 5 ? $", ... ({names.Length} in all)" : "");
}
