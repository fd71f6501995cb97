using System.Text.Json;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Numbers the values of a column of segments in the order in which they occur.</summary>
/// <param name="most">So many are told apart.</param>
internal sealed class SegmentNames(int most = SegmentNames.Most)
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
        if (_indices.Count == most)
            return Others;
        _names.Add(name);
        return _indices[name] = _names.Count - 1;
    }

    /// <summary>The names of all ranks of a cluster in the order of their rows, and which of them each of this rank's is.</summary>
    public (SegmentNames All, int[] Indices) Among(ICluster cluster)
    {
        SegmentNames all = new();
        foreach (var rank in cluster.Gather(JsonSerializer.Serialize(_names.Skip(Others + 1).Take(Most))))
        {
            foreach (var name in JsonSerializer.Deserialize<string[]>(rank)!)
                _ = all.IndexOf(name);
        }
        return (all, [Missing, Others, .. _names.Skip(Others + 1).Select(name => all._indices.GetValueOrDefault(name, Others))]);
    }
}
