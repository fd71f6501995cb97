namespace Microsoft.ML.Data;

/// <summary>The annotations that ML.NET's own components write and read.</summary>
internal static class AnnotationKinds
{
    internal const string SlotNames = "SlotNames";
    internal const string KeyValues = "KeyValues";
    internal const string IsNormalized = "IsNormalized";
    internal const string ScoreColumnSetId = "ScoreColumnSetId";
    internal const string ScoreColumnKind = "ScoreColumnKind";
    internal const string ScoreValueKind = "ScoreValueKind";
    internal const string TrainingLabelValues = "TrainingLabelValues";

    /// <summary>The type of <see cref="ScoreColumnSetId"/>.</summary>
    internal static KeyDataViewType ScoreColumnSetIdType { get; } = new(typeof(uint), int.MaxValue);
}
