using System.Globalization;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Makes sure that a model's rows are the first model's: the same labels and weights, classes matched by name.</summary>
internal sealed class SameRows
{
    private readonly ModelRows _first;
    private readonly ModelRows _other;
    private readonly int[] _firstClassOf;
    private readonly bool[] _isKnownToOther;

    public SameRows(ModelRows first, ModelRows other)
    {
        (_first, _other) = (first, other);
        var byName = first.ClassesAreNamed && other.ClassesAreNamed;
        if (first.ClassesAreNamed != other.ClassesAreNamed || (!byName && first.ClassNames.Length != other.ClassNames.Length))
            throw ComparisonErrors.UnnamedClassesDiffer(first.Name, first.ClassNames.Length, other.Name, other.ClassNames.Length);
        _firstClassOf = byName
            ? [.. other.ClassNames.Select(name => Array.IndexOf(first.ClassNames, name) is var k && k < 0 ? ScoreClasses.Unknown : k)]
            : [.. Enumerable.Range(0, other.ClassNames.Length)];
        _isKnownToOther = [.. Enumerable.Range(0, first.ClassNames.Length).Select(_firstClassOf.Contains)];
        if (!_isKnownToOther.Contains(true))
            throw ComparisonErrors.NoCommonClass(first.Name, first.ClassNames, other.Name, other.ClassNames);
    }

    /// <summary>Whether both models know the same classes.</summary>
    public bool ClassesAgree => !_isKnownToOther.Contains(false) && !_firstClassOf.Contains(ScoreClasses.Unknown);

    /// <summary>Refuses a row whose label or weight is not the first model's.</summary>
    public void Check()
    {
        if (_first.GivenWeight != _other.GivenWeight)
        {
            (var weight, var otherWeight) = (Text(_first.GivenWeight), Text(_other.GivenWeight));
            throw ComparisonErrors.DifferentRows(_first.Row, _first.Name, $"weight {weight}", _other.Name, otherWeight);
        }
        if (!IsSameLabel(_first.Label, _other.Label))
            throw ComparisonErrors.DifferentRows(_first.Row, _first.Name, $"label {Describe(_first)}", _other.Name, Describe(_other));
    }

    private bool IsSameLabel(int first, int other) => (first, other) switch
    {
        (ScoreClasses.Soft, ScoreClasses.Soft) => IsSameTarget(),
        ( >= 0, >= 0) => _firstClassOf[other] == first,
        ( >= 0, ScoreClasses.Unknown) => !_isKnownToOther[first],
        (ScoreClasses.Unknown, >= 0) => _firstClassOf[other] == ScoreClasses.Unknown,
        _ => first == other,
    };

    private bool IsSameTarget()
    {
        for (var k = 0; k < _firstClassOf.Length; k++)
        {
            if (_firstClassOf[k] < 0 || !_other.Target[k].Equals(_first.Target[_firstClassOf[k]]))
                return false;
        }
        return true;
    }

    private static string Describe(ModelRows rows) => rows.Label switch
    {
        ScoreClasses.Missing => "missing",
        ScoreClasses.Unknown => "unknown",
        ScoreClasses.Soft => $"({string.Join(", ", rows.Target.ToArray().Take(5).Select(Short))}{(rows.Target.Length > 5 ? ", ..." : "")})",
        int label => Throw.Quoted(rows.ClassNames[label]),
    };

    private static string Short(double share) => share.ToString("g4", CultureInfo.InvariantCulture);

    private static string Text(double weight) => weight.ToString(CultureInfo.InvariantCulture);
}
