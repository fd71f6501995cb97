namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A row's target that, unlike <see cref="RowTarget"/>, can be kept in a list.</summary>
public sealed class TargetCase
{
    private readonly int _label = -1;
    private readonly float[]? _values;

    public TargetCase(int label) => _label = label;

    public TargetCase(params float[] values) => _values = values;

    public RowTarget Row => _values is null ? RowTarget.Class(_label) : RowTarget.Values(_values);

    public override string ToString() => _values is null ? $"class {_label}" : $"[{string.Join(", ", _values)}]";
}
