using MLNet.CrossEntropy.Losses;
using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Reads the label of a cursor's current row.</summary>
/// <param name="target">The target that it is.</param>
/// <param name="weight">The row's weight, which is multiplied by what the label itself weighs.</param>
internal delegate LabelState TargetGetter(out RowTarget target, ref float weight);

/// <summary>Whether a row has a label to learn from.</summary>
internal enum LabelState
{
    /// <summary>It has.</summary>
    Known,

    /// <summary>It has none.</summary>
    Missing,

    /// <summary>It has one that the training data does not know.</summary>
    Unknown,
}

/// <summary>A label column, read as the targets that losses take.</summary>
internal interface ITrainingLabel
{
    /// <summary>The label column.</summary>
    DataViewSchema.Column Column { get; }

    /// <summary>The numbers of a row's target; 0 where it is the index of a class.</summary>
    int TargetWidth { get; }

    /// <summary>Whether rows weigh more or less by their labels.</summary>
    bool BringsWeight { get; }

    /// <summary>The column of the same name in other data, read as targets of the same meaning.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    ITrainingLabel Matching(DataViewSchema otherSchema);

    /// <summary>A getter of the targets of the cursor's rows.</summary>
    TargetGetter OpenTargets(DataViewRow cursor);
}
