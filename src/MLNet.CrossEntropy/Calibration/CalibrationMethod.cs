namespace MLNet.CrossEntropy;

/// <summary>How the logits z of a model are corrected.</summary>
public enum CalibrationMethod
{
    /// <summary>All logits are divided by one temperature: <c>z / T</c>. No prediction of a class changes.</summary>
    Temperature,

    /// <summary>Each class has a scale and an offset of its own: <c>a_k z_k + c_k</c>.</summary>
    Vector,

    /// <summary>Platt's sigmoid for a binary model: <c>1 / (1 + exp(-a z - c))</c>.</summary>
    Platt,
}
