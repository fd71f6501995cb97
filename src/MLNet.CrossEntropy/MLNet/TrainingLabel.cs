using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Reads the label of a cursor's current row: the class, or <see cref="ScoreClasses.Missing"/>, <see cref="ScoreClasses.Unknown"/> or
/// <see cref="ScoreClasses.Soft"/>.
/// </summary>
/// <param name="target">The target that it is, where it is a known one.</param>
/// <param name="weight">The row's weight, which is multiplied by what the label itself weighs.</param>
internal delegate int TargetGetter(out RowTarget target, ref double weight);

/// <summary>A label column to learn from: its type is checked here, and it is read as an evaluation reads it.</summary>
internal sealed class TrainingLabel
{
    // Probabilities written with three digits pass, counts do not.
    private const double SumTolerance = 1e-3;

    private const string Class = "Key<UInt32>";
    private const string ClassRemedy = "Map it to a key with MapValueToKey";
    private const string YesOrNo = "Boolean, Single or Key<UInt32> of 2 classes";
    private const string YesOrNoRemedy = "Convert it, for example with MapValue or ConvertType";
    private const string Answers = "Vector<Boolean> or Vector<Single> of 2 slots or more";
    private const string AnswersRemedy = "Make it one vector with a slot for each label, for example with Concatenate";
    private const string LengthRemedy = "State the length with [VectorType(length)]";
    private const string SharesRemedy = "Make it one vector with a slot for each class, or map classes to a key with MapValueToKey and "
        + "leave LabelKind at Auto";

    private readonly Func<DataViewRow, DataViewSchema.Column, ScoreClasses, TargetGetter> _open;
    private readonly Func<DataViewSchema, DataViewSchema.Column> _find;

    private TrainingLabel(
        DataViewSchema.Column column, ScoreClasses classes, Func<DataViewRow, DataViewSchema.Column, ScoreClasses, TargetGetter> open,
            Func<DataViewSchema, DataViewSchema.Column> find)
    {
        Column = column;
        Classes = classes;
        _open = open;
        _find = find;
    }

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>The classes of the training data, or the questions that a multi-label row answers.</summary>
    public ScoreClasses Classes { get; private init; }

    /// <summary>The names of the classes; null when they have none.</summary>
    public string[]? Names => Classes.AreNamed ? Classes.Names : null;

    /// <summary>Whether a row has a number for each class rather than a class.</summary>
    public bool IsVector => Column.Type is VectorDataViewType;

    /// <summary>The numbers of a row's target; 0 where it is the index of a class.</summary>
    public int TargetWidth => IsVector ? Classes.Count : 0;

    /// <summary>Whether the classes are this process' own, not those of several ranks.</summary>
    public bool IsOfOneRank { get; private init; } = true;

    /// <summary>Whether rows weigh more or less by their labels.</summary>
    public bool BringsWeight { get; private init; }

    /// <summary>A multiclass label: a key of known count; the key's value 0 is missing, 1 is class 0.</summary>
    /// <exception cref="ArgumentException">The column is missing, no key, of unknown count, or of one class.</exception>
    /// <param name="inputSchema">The schema.</param>
    /// <param name="name">The column.</param>
    /// <param name="cluster">The ranks whose classes count, too: one may have rows of a single class; null for none.</param>
    public static TrainingLabel Multiclass(DataViewSchema inputSchema, string name, ICluster? cluster = null)
    {
        var column = ColumnValues.Require(inputSchema, name, "label");
        if (column.Type is not KeyDataViewType key)
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, Class, ClassRemedy);
        if (key.Count is < 2 or > int.MaxValue && !(cluster is not null && key.Count == 1))
        {
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, "Key<UInt32> of 2 classes or more, their count known",
                key.Count == 0 ? "Map it with MapValueToKey, or state the count with [KeyType(count)]"
                : key.Count == 1 ? "A classifier cannot learn from one class"
                : "There are too many classes");
        }
        var label = new TrainingLabel(column, ScoreClasses.Of(AnnotationNames.OfClasses(column, (int)key.Count), (int)key.Count), OpenClass,
            schema => AnyKey(schema, name));
        return cluster is null ? label : label.Among(cluster);
    }

    /// <summary>
    /// The label as all ranks of a cluster have it: the classes of rank 0, then those that rank 1 has besides, and so on, as they appear in
    /// all rows; by name, whatever the order of a rank's own key. Where no rank's have names, their number is the largest.
    /// </summary>
    /// <exception cref="InvalidOperationException">Some ranks' classes have names and others' have none, or there is one class in
    /// all.</exception>
    private TrainingLabel Among(ICluster cluster)
    {
        const char End = '\0';
        var all = cluster.Gather(Names is null ? FormattableString.Invariant($"{Classes.Count}") : $"{End}{string.Join(End, Names)}");
        var named = Array.FindIndex(all, text => text[0] == End);
        // A key of one value without a name is what a rank without rows has.
        var unnamed = Array.FindIndex(all, text => text[0] != End && text != "1");
        if (unnamed >= 0 && named >= 0)
        {
            throw ClusterMessages.Agreed(new InvalidOperationException($"The classes of label column {Throw.Quoted(Column.Name)} have "
                + $"names on rank {named} and none on rank {unnamed}; make them alike on all ranks."));
        }

        string[]? names = named < 0 ? null
            : [.. all.Where(text => text[0] == End).SelectMany(text => text[1..].Split(End)).Distinct()];
        var count = names?.Length ?? all.Max(text => int.Parse(text, CultureInfo.InvariantCulture));
        if (count < 2)
        {
            throw ClusterMessages.Agreed(new InvalidOperationException($"All ranks' rows are of one class of label column "
                + $"{Throw.Quoted(Column.Name)}{(names is null ? "" : $", {Throw.Quoted(names[0])}")}; a classifier cannot learn from "
                + "one."));
        }

        return new(Column, ScoreClasses.Of(names, count), _open, _find) { BringsWeight = BringsWeight, IsOfOneRank = cluster.Size == 1 };
    }

    /// <summary>
    /// A binary label: Boolean; a key of two values (the second is the positive class); or Single, 0 or 1, NaN being missing.
    /// </summary>
    /// <exception cref="ArgumentException">The column is missing or of another type.</exception>
    public static TrainingLabel Binary(DataViewSchema inputSchema, string name, ICluster? cluster = null)
    {
        var column = ColumnValues.Require(inputSchema, name, "label");
        if (cluster is not null && column.Type is KeyDataViewType { Count: 1 or 2 })
        {
            var label = Multiclass(inputSchema, name, cluster);
            return label.Classes.Count == 2 ? label : throw ClusterMessages.Agreed(new InvalidOperationException(
                $"The ranks' label columns {Throw.Quoted(name)} have {label.Classes.Count} classes in all, "
                    + $"{Throw.Listed(label.Classes.Names)}; a binary label has two."));
        }

        if (!(column.Type is BooleanDataViewType or KeyDataViewType { Count: 2 } || column.Type == NumberDataViewType.Single))
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, YesOrNo, column.Type is KeyDataViewType { Count: > 2 }
                ? "A label of more than two classes is for MulticlassClassification.Trainers.SoftmaxCrossEntropy" : YesOrNoRemedy);
        return new(column, ScoreClasses.OfBinary(column), column.Type is NumberDataViewType
            ? OpenSingle
            : OpenClass, schema => OfType(schema, column));
    }

    /// <summary>
    /// The label of a multi-label model: a vector of Boolean, or of Single from 0 to 1, NaN being a cell without an answer. A row
    /// without any answer is one without a label.
    /// </summary>
    /// <exception cref="ArgumentException">The column is missing, of another type, of unknown length or of one slot.</exception>
    public static TrainingLabel MultiLabel(DataViewSchema inputSchema, string name)
    {
        var column = ColumnValues.Require(inputSchema, name, "label");
        if (column.Type is not VectorDataViewType vector
            || !(vector.ItemType is BooleanDataViewType || vector.ItemType == NumberDataViewType.Single))
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, Answers, AnswersRemedy);
        if (vector.Size < 2)
        {
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, Answers,
                vector.Size == 1 ? "One label is a binary problem: take its slot and use SigmoidCrossEntropy"
                    : LengthRemedy);
        }
        return new(column, ScoreClasses.Of(AnnotationNames.OfSlots(column, vector.Size), vector.Size), OpenAnswers, schema
            => MultiLabel(schema, name).Column);
    }

    /// <summary>
    /// A soft label: a vector of Single with a probability, or a count, for each class. A row with a negative value, one that is not
    /// finite,
    /// or zeros alone, is one without a label.
    /// </summary>
    /// <exception cref="ArgumentException">The column is missing, of another type, of unknown length or of one slot.</exception>
    public static TrainingLabel Distribution(DataViewSchema inputSchema, string name, bool isCounts, bool weighsBySum)
    {
        var column = ColumnValues.Require(inputSchema, name, "label");
        if (column.Type is not VectorDataViewType { Size: > 1 } vector || vector.ItemType != NumberDataViewType.Single)
            throw ColumnErrors.Mismatch(nameof(inputSchema), "label", column, Shares(isCounts), SharesRemedy);
        return new(
            column,
            ScoreClasses.Of(AnnotationNames.OfSlots(column, vector.Size), vector.Size),
            (row, label, classes) => OpenShares(row, label, classes, isCounts, weighsBySum),
            schema => Distribution(schema, name, isCounts, weighsBySum).Column)
        {
            BringsWeight = weighsBySum,
        };
    }

    /// <summary>The column of the same name in other data, read as targets of the same classes.</summary>
    /// <exception cref="ArgumentException">The column is missing, of another type, or its names are others.</exception>
    public TrainingLabel Matching(DataViewSchema otherSchema)
    {
        var other = _find(otherSchema);
        if (IsVector && other.Type is VectorDataViewType vector && vector.Size != TargetWidth)
            throw ColumnErrors.Mismatch(nameof(otherSchema), "label", other, $"{Column.Type}, as in the training data", "Make both alike");
        return new(other, Classes, _open, _find) { BringsWeight = BringsWeight };
    }

    /// <summary>A getter of the targets of the cursor's rows.</summary>
    public TargetGetter Open(DataViewRow cursor) => _open(cursor, Column, Classes);

    /// <summary>Refuses a schema's promise that <see cref="Multiclass"/> will refuse.</summary>
    public static void CheckMulticlass(SchemaShape.Column label)
        => Check(label, label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar, Class, ClassRemedy);

    /// <summary>Refuses a schema's promise that <see cref="Binary"/> will refuse.</summary>
    public static void CheckBinary(SchemaShape.Column label) => Check(
        label, label.Kind == SchemaShape.Column.VectorKind.Scalar
            && (label.IsKey || label.ItemType is BooleanDataViewType || label.ItemType == NumberDataViewType.Single), YesOrNo,
            YesOrNoRemedy);

    /// <summary>Refuses a schema's promise that <see cref="MultiLabel"/> will refuse.</summary>
    public static void CheckMultiLabel(SchemaShape.Column label)
    {
        var isOfAnswers = label.Kind != SchemaShape.Column.VectorKind.Scalar && !label.IsKey
            && (label.ItemType is BooleanDataViewType || label.ItemType == NumberDataViewType.Single);
        Check(
            label, isOfAnswers && label.Kind == SchemaShape.Column.VectorKind.Vector, Answers, isOfAnswers ? LengthRemedy : AnswersRemedy);
    }

    /// <summary>Refuses a schema's promise that <see cref="Distribution"/> will refuse.</summary>
    public static void CheckDistribution(SchemaShape.Column label, bool isCounts) => Check(
        label, label.Kind == SchemaShape.Column.VectorKind.Vector && !label.IsKey
            && label.ItemType == NumberDataViewType.Single, Shares(isCounts), SharesRemedy);

    private static void Check(SchemaShape.Column label, bool isLabel, string expected, string remedy)
    {
        if (!isLabel)
            throw ColumnErrors.Mismatch("inputSchema", "label", label.Name, expected, TrainingColumns.Describe(label), remedy);
    }

    private static string Shares(bool isCounts)
        => $"Vector<Single> of 2 {(isCounts ? "counts" : "probabilities")} or more, their number known";

    private static DataViewSchema.Column AnyKey(DataViewSchema otherSchema, string name)
    {
        var column = ColumnValues.Require(otherSchema, name, "label");
        return column.Type is KeyDataViewType
            ? column
            : throw ColumnErrors.Mismatch(nameof(otherSchema), "label", column, "Key<UInt32>", "Map it to a key, as in the training data");
    }

    private static DataViewSchema.Column OfType(DataViewSchema otherSchema, DataViewSchema.Column like)
    {
        if (like.Type is KeyDataViewType)
            return AnyKey(otherSchema, like.Name);
        var column = ColumnValues.Require(otherSchema, like.Name, "label");
        return column.Type.Equals(like.Type)
            ? column
            : throw ColumnErrors.Mismatch(
                nameof(otherSchema), "label", column, like.Type.ToString()!, "It must be as in the training data");
    }

    private static TargetGetter OpenClass(DataViewRow cursor, DataViewSchema.Column column, ScoreClasses classes)
    {
        var get = classes.LabelGetter(cursor, column);
        return (out RowTarget target, ref double _) =>
        {
            var index = get();
            target = RowTarget.Class(index);
            return index;
        };
    }

    private static TargetGetter OpenSingle(DataViewRow cursor, DataViewSchema.Column column, ScoreClasses classes)
    {
        var get = cursor.GetGetter<float>(column);
        float value = 0;
        return (out RowTarget target, ref double _) =>
        {
            get(ref value);
            var index = value switch
            {
                0 => 0,
                1 => 1,
                float.NaN => ScoreClasses.Missing,
                _ => throw ColumnErrors.NoBinaryLabel(column.Name, cursor.Position, value),
            };
            target = RowTarget.Class(index);
            return index;
        };
    }

    private static TargetGetter OpenShares(
        DataViewRow cursor, DataViewSchema.Column column, ScoreClasses classes, bool isCounts, bool weighsBySum)
    {
        VectorLabel label = new(cursor, column, classes);
        return (out RowTarget target, ref double weight) =>
        {
            var kind = label.ReadShares(out var sum);
            var values = label.Values;
            target = RowTarget.Values(values);
            if (kind == ScoreClasses.Missing)
                return kind;
            if (!isCounts && Math.Abs(sum - 1) > SumTolerance)
            {
                var largest = Array.IndexOf(values, values.Max());
                throw ColumnErrors.NotProbabilities(column.Name, cursor.Position, sum, label.SlotOf(largest), values[largest]);
            }
            foreach (ref var value in values.AsSpan())
                value = (float)(value / sum);
            if (weighsBySum)
                weight *= sum;
            return kind;
        };
    }

    private static TargetGetter OpenAnswers(DataViewRow cursor, DataViewSchema.Column column, ScoreClasses classes)
    {
        VectorLabel label = new(cursor, column, classes);
        return (out RowTarget target, ref double _) =>
        {
            var (answers, wrong) = label.ReadAnswers();
            if (wrong >= 0)
                throw ColumnErrors.NoAnswer(column.Name, cursor.Position, label.SlotOf(wrong), label.Values[wrong]);
            target = RowTarget.Values(label.Values);
            return answers == 0 ? ScoreClasses.Missing : ScoreClasses.Soft;
        };
    }
}
