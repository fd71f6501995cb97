using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The classes of the training data, in its order, and behind them those that only the initial model has. A label's class index is
/// thus the same as without an initial model.
/// </summary>
/// <param name="Names">The name of each class; null when neither side has names.</param>
/// <param name="OfModel">For each class its index in the initial model, -1 for a new one.</param>
internal sealed record ClassUnion(string[]? Names, int[] OfModel)
{
    /// <summary>The number of classes.</summary>
    public int Count => OfModel.Length;

    /// <summary>The classes of the data alone.</summary>
    public static ClassUnion OfData(string[]? names, int classes) => new(names, [.. Enumerable.Repeat(-1, classes)]);

    /// <summary>Matches classes by name; by position where one side has no names and there are as many, or neither has.</summary>
    /// <exception cref="ArgumentException">There are new classes and <paramref name="policy"/> is to throw, or there is no telling which is which.</exception>
    public static ClassUnion Of(string[]? dataNames, int dataClasses, string[]? modelNames, int modelClasses, NewClassPolicy policy)
    {
        if (dataNames is null != modelNames is null && dataClasses != modelClasses)
            throw Throw.UnmatchedClasses(dataNames is not null, dataClasses, modelClasses);
        var union = dataNames is not null && modelNames is not null
            ? ByName(dataNames, modelNames)
            : new(dataNames ?? modelNames, [.. Enumerable.Range(0, Math.Max(dataClasses, modelClasses)).Select(k => k < modelClasses ? k : -1)]);
        if (policy == NewClassPolicy.Throw && union.OfModel.Contains(-1))
            throw Throw.NewClasses(union.NamesOf(Enumerable.Range(0, union.Count).Where(k => union.OfModel[k] < 0)));
        return union;
    }

    /// <summary>These classes, all of which vector labels with <paramref name="slots"/> slots must have.</summary>
    /// <param name="slots">The number of slots.</param>
    /// <param name="unknown">What a slot holds that says nothing of its class.</param>
    /// <exception cref="ArgumentException">The initial model has more.</exception>
    public ClassUnion InVectors(int slots, float unknown)
        => Count == slots ? this : throw Throw.NoSlotForClass(NamesOf(Enumerable.Range(slots, Count - slots)), slots, Count, unknown);

    private IEnumerable<string> NamesOf(IEnumerable<int> classes) => classes.Select(k => Names is null ? $"number {k}" : $"'{Names[k]}'");

    private static ClassUnion ByName(string[] data, string[] model)
    {
        string[] names = [.. data, .. model.Except(data)];
        Dictionary<string, int> indexOf = [];
        for (var k = 0; k < model.Length; k++)
            indexOf.TryAdd(model[k], k);
        return new(names, [.. names.Select(name => indexOf.GetValueOrDefault(name, -1))]);
    }
}
