using MLNet.CrossEntropy.Losses;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>A label column with a number for each output: the answers of a multi-label row, or a distribution over the classes.</summary>
internal sealed class VectorLabel : ITrainingLabel
{
    // Probabilities written with three digits pass, counts do not.
    private const double SumTolerance = 1e-3;

    private readonly Func<DataViewRow, TargetGetter> _open;
    private readonly Func<DataViewSchema, VectorLabel> _matching;

    private VectorLabel(DataViewSchema.Column column, int slots, Func<DataViewRow, TargetGetter> open, Func<DataViewSchema, VectorLabel> matching)
    {
        Column = column;
        TargetWidth = slots;
        Names = AnnotationNames.OfSlots(column, slots);
        _open = open;
        _matching = matching;
    }

    public DataViewSchema.Column Column { get; }

    public int TargetWidth { get; }

    public bool BringsWeight { get; private init; }

    /// <summary>The names of the outputs, which are those of the column's slots; null when these do not tell them apart.</summary>
    public string[]? Names { get; }

    public TargetGetter OpenTargets(DataViewRow cursor) => _open(cursor);

    public ITrainingLabel Matching(DataViewSchema otherSchema)
    {
        var other = _matching(otherSchema);
        return other.TargetWidth == TargetWidth && (Names is null || other.Names is null || Names.SequenceEqual(other.Names))
            ? other
            : throw TrainingColumns.Mismatch(nameof(otherSchema), "label", other.Column, $"{Column.Type} with the same slot names in the same order, as in the training data", "Make both alike");
    }

    /// <summary>
    /// The label of a multi-label model: a vector of Boolean, or of Single from 0 to 1, NaN being a cell without an answer. A row
    /// without any answer is one without a label.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, of unknown length or of one slot.</exception>
    public static VectorLabel MultiLabel(DataViewSchema inputSchema, string name)
    {
        var column = TrainingColumns.FindColumn(inputSchema, "label", name);
        const string expected = "Vector<Boolean> or Vector<Single> of 2 slots or more";
        if (column.Type is not VectorDataViewType vector || !(vector.ItemType is BooleanDataViewType || vector.ItemType == NumberDataViewType.Single))
            throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, expected, "Make it one vector with a slot for each label, for example with Concatenate");
        if (vector.Size < 2)
        {
            throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, expected,
                vector.Size == 1 ? "One label is a binary problem: take its slot and use SigmoidCrossEntropy" : "State the length with [VectorType(length)]");
        }
        return new VectorLabel(column, vector.Size, vector.ItemType is BooleanDataViewType
            ? cursor => OpenAnswers<bool>(cursor, column, vector.Size, static answer => answer ? 1 : 0)
            : cursor => OpenAnswers<float>(cursor, column, vector.Size, static answer => answer),
            otherSchema => MultiLabel(otherSchema, name));
    }

    /// <summary>
    /// A soft label: a vector of Single with a probability, or a count, for each class. A row with a negative value, one that is not finite,
    /// or zeros alone, is one without a label.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, of unknown length or of one slot.</exception>
    public static VectorLabel Distribution(DataViewSchema inputSchema, string name, bool isCounts, bool weightBySum)
    {
        var column = TrainingColumns.FindColumn(inputSchema, "label", name);
        if (column.Type is not VectorDataViewType { Size: > 1 } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, $"Vector<Single> of 2 {(isCounts ? "counts" : "probabilities")} or more, their number known",
                "Make it one vector with a slot for each class, or map classes to a key with MapValueToKey and leave LabelKind at Auto");
        }
        return new VectorLabel(column, vector.Size,
            cursor => OpenDistribution(cursor, column, vector.Size, isCounts, weightBySum),
            otherSchema => Distribution(otherSchema, name, isCounts, weightBySum))
        {
            BringsWeight = weightBySum,
        };
    }

    private static TargetGetter OpenDistribution(DataViewRow cursor, DataViewSchema.Column column, int classes, bool isCounts, bool weightBySum)
    {
        var get = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> given = default;
        var values = new float[classes];
        return (out RowTarget target, ref float weight) =>
        {
            get(ref given);
            if (given.Length != classes)
                throw Throw.WrongSlotCount(column.Name, cursor.Position, given.Length, classes);
            given.CopyTo(values);
            double sum = 0;
            var isNegative = false;
            foreach (var value in values)
            {
                sum += value;
                isNegative |= value < 0;
            }
            target = RowTarget.Values(values);
            if (isNegative || !double.IsFinite(sum) || sum == 0)
                return LabelState.Missing;
            if (!isCounts && Math.Abs(sum - 1) > SumTolerance)
            {
                var largest = Array.IndexOf(values, values.Max());
                throw Throw.NotProbabilities(column.Name, cursor.Position, sum, AnnotationNames.OfFeature(column, largest), values[largest]);
            }
            foreach (ref var value in values.AsSpan())
                value = (float)(value / sum);
            if (weightBySum)
                weight *= (float)sum;
            return LabelState.Known;
        };
    }

    private static TargetGetter OpenAnswers<T>(DataViewRow cursor, DataViewSchema.Column column, int slots, Func<T, float> convert)
    {
        var get = cursor.GetGetter<VBuffer<T>>(column);
        VBuffer<T> answers = default;
        var values = new float[slots];
        return (out RowTarget target, ref float _) =>
        {
            get(ref answers);
            if (answers.Length != slots)
                throw Throw.WrongSlotCount(column.Name, cursor.Position, answers.Length, slots);
            Array.Clear(values);
            var missing = 0;
            foreach ((var slot, var value) in answers.Items())
            {
                var answer = values[slot] = convert(value);
                if (float.IsNaN(answer))
                    missing++;
                else if (answer is not (>= 0 and <= 1))
                    throw Throw.NoAnswer(column.Name, cursor.Position, AnnotationNames.OfFeature(column, slot), answer);
            }
            target = RowTarget.Values(values);
            return missing == slots ? LabelState.Missing : LabelState.Known;
        };
    }
}
