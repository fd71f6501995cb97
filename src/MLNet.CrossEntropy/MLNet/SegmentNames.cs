namespace MLNet.CrossEntropy.MLNet;

/// <summary>Numbers the values of a column of segments in the order in which they occur.</summary>
internal sealed class SegmentNames
{
    /// <summary>So many values are told apart.</summary>
    public const int Most = 1000;

    /// <summary>Rows without a value.</summary>
    public const int Missing = 0;

    /// <summary>All values after the first <see cref="Most"/>.</summary>
    public const int Others = 1;

    private readonly Dictionary<string, int> _indices = [];
    private readonly List<string> _names = ["(no value)", "(all other values)"];

    public string this[int index] => _names[index];

    public int IndexOf(string? name)
    {
        if (name is null)
            return Missing;
        if (_indices.TryGetValue(name, out var index))
            return index;
        if (_indices.Count == Most)
            return Others;
        _names.Add(name);
        return _indices[name] = _names.Count - 1;
    }
}
