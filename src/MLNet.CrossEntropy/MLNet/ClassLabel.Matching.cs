using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

internal sealed partial class ClassLabel
{
    /// <summary>What <see cref="Open"/> gives for a row whose label is none of the training data's classes.</summary>
    public const int Unknown = -2;

    /// <summary>
    /// The column of the same name in other data, as this label's class indexes: key values are matched by name where both columns
    /// have names (a key's order is only its order of appearance), else by position.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public ClassLabel Matching(DataViewSchema otherSchema)
    {
        var other = TrainingColumns.FindColumn(otherSchema, "label", Column.Name);
        if (Column.Type is not KeyDataViewType)
        {
            return other.Type.Equals(Column.Type)
                ? Binary(otherSchema, other.Name)
                : throw TrainingColumns.Mismatch(nameof(otherSchema), "label", other, Column.Type.ToString()!, "It must be as in the training data");
        }

        if (other.Type is not KeyDataViewType key)
            throw TrainingColumns.Mismatch(nameof(otherSchema), "label", other, "Key<UInt32>", "Map it to a key, as in the training data");
        var names = AnnotationNames.OfClasses(Column, ClassCount);
        var otherNames = key.Count is > 0 and <= int.MaxValue ? AnnotationNames.OfClasses(other, (int)key.Count) : null;
        int[]? classOfKey = names is null || otherNames is null ? null : [.. otherNames.Select(name => IndexOf(names, name))];
        return new ClassLabel(other, ClassCount, cursor =>
        {
            // A key of unknown count has no value beyond it.
            var get = OpenKey(cursor, other, new KeyDataViewType(key.RawType, key.Count == 0 ? int.MaxValue : key.Count));
            return () => get() is var index && index < 0 ? index
                : classOfKey is not null ? classOfKey[index]
                : index < ClassCount ? index : Unknown;
        });
    }

    private static int IndexOf(string[] names, string name) => Array.IndexOf(names, name) is var index && index < 0 ? Unknown : index;
}
