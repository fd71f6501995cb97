using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>
/// The out-of-fold forecasts of one model as data to evaluate: every row once a repeat, in the order of the data, repeat after repeat.
/// The classes are those of all folds; what a fold's model does not know it gives probability 0.
/// </summary>
internal sealed class OutOfFold
{
    private readonly Folds _folds;
    private readonly List<string> _classes;
    private readonly bool _areNamed;
    private readonly bool _isBinary;
    private readonly bool _hasProbabilities;
    private readonly int _width;
    private readonly int[] _labels;
    private readonly double[] _weights;
    private readonly float[] _scores;
    private readonly float[]? _targets;

    /// <param name="folds">Who is in which fold.</param>
    /// <param name="parts">What the folds' models say, repeat after repeat.</param>
    /// <param name="kind">What a row's label is.</param>
    /// <param name="areLogits">Whether scores are logits; null where the options do not say.</param>
    public OutOfFold(Folds folds, FoldForecasts[] parts, TaskKind kind, bool? areLogits)
    {
        (_folds, _isBinary, _hasProbabilities) = (folds, kind == TaskKind.Binary, parts[0].HasProbabilities);
        _areNamed = parts[0].Names is not null;
        _classes = [.. parts[0].Names ?? ClassNames.Numbers(parts[0].Width)];
        if (Array.Exists(parts, p => (p.Names is not null) != _areNamed || (!_areNamed && p.Width != parts[0].Width)))
            throw ComparisonErrors.ClassesOfFoldsDiffer(_classes, parts);
        if (_areNamed)
            _classes = [.. _classes.Union(parts.SelectMany(p => p.Names!.Concat(p.OtherLabels.OfType<string>())))];
        // A binary model's rows have two numbers, too. What a multi-label model does not know is no answer.
        _width = _classes.Count;
        if (kind != TaskKind.Multiclass && Array.Exists(parts, p => p.Width != _width))
            throw ComparisonErrors.ClassesOfFoldsDiffer(_classes, parts);
        (_labels, _weights) = (new int[folds.Forecasts], new double[folds.Forecasts]);
        _scores = new float[folds.Forecasts * _width];
        _targets = parts[0].Targets is null || _isBinary && _areNamed ? null : new float[folds.Forecasts * _width];
        for (var part = 0; part < parts.Length; part++)
            Take(parts[part], folds.Positions(part), areLogits);
    }

    /// <summary>True classes that a fold's model does not know, with the number of rows.</summary>
    public Dictionary<string, int> UnknownToTheirFold { get; } = [];

    /// <summary>The forecasts: label, scores, weight, group, id under the names that the evaluation's options give them.</summary>
    public IDataView ToView(EvaluationOptions evaluation, ComparisonOptions comparison, UnscoredRows rows)
    {
        var columns = evaluation.Columns;
        var builder = new MemoryView.Builder(_labels.Length)
            .Add("Row", NumberDataViewType.Int64, (int i, ref long value) => value = i % rows.Count)
            .Add("Repeat", NumberDataViewType.Int32, (int i, ref int value) => value = i / rows.Count)
            .Add("Fold", NumberDataViewType.Int32, (int i, ref int value) => value = _folds.FoldOf(i));
        if (comparison.GroupColumnName is { } group)
            builder.AddText(group, Repeated(rows.Groups!));
        if (columns.Id is { } id)
            builder.AddText(id, Repeated(rows.Ids!));
        builder.Add(columns.Weight!, NumberDataViewType.Double, (int i, ref double value) => value = _weights[i]);
        AddLabel(builder, columns.Label);
        if (_hasProbabilities)
            builder.AddVectors(MultiLabelRows.Probability, _width, [.. _scores.Select(StableMath.Sigmoid)], Names("SlotNames"));
        if (!_isBinary)
            return builder.AddVectors(columns.Score!, _width, _scores, Names("SlotNames")).Build();
        if (columns.Score is { } score)
            builder.Add(score, NumberDataViewType.Single, (int i, ref float value) => value = _scores[2 * i + BinaryScoredRows.RawScore]);
        if (columns.Probability is { } column)
            builder.Add(
                column, NumberDataViewType.Single, (int i, ref float value) => value = _scores[2 * i + BinaryScoredRows.Probability]);
        return builder.Build();

        string?[] Repeated(string?[] names) => [.. Enumerable.Range(0, _labels.Length).Select(i => names[i % rows.Count])];
    }

    private void AddLabel(MemoryView.Builder builder, string name)
    {
        if (_isBinary && _targets is not null)
            builder.Add(name, NumberDataViewType.Single, (int i, ref float value) => value = ShareOf(i));
        else if (_isBinary && _classes is ["False", "True"] && Array.TrueForAll(_labels, k => k >= 0))
            builder.Add(name, BooleanDataViewType.Instance, (int i, ref bool value) => value = _labels[i] == 1);
        else if (_targets is not null)
            builder.AddVectors(name, _width, _targets, Names("SlotNames"));
        else
            builder.Add(
                name, new KeyDataViewType(typeof(uint), _classes.Count), (int i, ref uint value) => value = KeyOf(i), Names("KeyValues"));
    }

    private float ShareOf(int i) => _labels[i] switch
    {
        ScoreClasses.Soft => _targets![2 * i + 1],
        ScoreClasses.Missing => float.NaN,
        // No share: an evaluation counts it as of an unknown class.
        ScoreClasses.Unknown => -1,
        var label => label,
    };

    /// <summary>0 for a missing label, one beyond the count for an unknown one, which is how evaluations tell them apart.</summary>
    private uint KeyOf(int i) => _labels[i] switch
    {
        >= 0 and var label => (uint)label + 1,
        ScoreClasses.Unknown => (uint)_classes.Count + 1,
        _ => 0,
    };

    private DataViewSchema.Annotations? Names(string kind) => _areNamed ? AnnotationNames.With(kind, [.. _classes]) : null;

    private void Take(FoldForecasts part, int[] positions, bool? areLogits)
    {
        int[] classOf = [.. part.Names?.Select(name => _classes.IndexOf(name)) ?? Enumerable.Range(0, _classes.Count)];
        // Where nobody says, scores below 0 are logits.
        var absent = areLogits ?? Array.Exists(part.Scores, score => score < 0) ? float.NegativeInfinity : 0;
        for (var i = 0; i < positions.Length; i++)
        {
            var at = positions[i];
            _weights[at] = part.Weights[i];
            _labels[at] = LabelOf(part, i, classOf);
            var scores = _scores.AsSpan(at * _width, _width);
            if (_isBinary)
            {
                part.Scores.AsSpan(2 * i, 2).CopyTo(scores);
                if (classOf[0] == 1)
                    (scores[BinaryScoredRows.Probability], scores[BinaryScoredRows.RawScore]) =
                        (1 - scores[BinaryScoredRows.Probability], -scores[BinaryScoredRows.RawScore]);
            }
            else
            {
                scores.Fill(absent);
                for (var k = 0; k < classOf.Length; k++)
                    scores[classOf[k]] = part.Scores[i * part.Width + k];
            }
            for (var k = 0; _targets is not null && _labels[at] == ScoreClasses.Soft && k < classOf.Length; k++)
                _targets[at * _width + classOf[k]] = (float)part.Targets![i * part.Width + k];
        }
    }

    private int LabelOf(FoldForecasts part, int i, int[] classOf)
    {
        if (part.OtherLabels[i] is not { } name)
            return part.Labels[i] >= 0 ? classOf[part.Labels[i]] : part.Labels[i];
        UnknownToTheirFold[name] = UnknownToTheirFold.GetValueOrDefault(name) + 1;
        return _classes.IndexOf(name);
    }
}

/// <summary>Who is in which fold, in each repeat. A part is one fold of one repeat.</summary>
internal sealed class Folds
{
    private readonly int[][] _foldOf;
    private readonly int[][] _rows;
    private readonly int _count;

    public Folds(UnscoredRows rows, int folds, int repeats, int seed)
    {
        (_count, Parts, Repeats, RowCount) = (folds, folds * repeats, repeats, rows.Count);
        _foldOf = [.. Enumerable.Range(0, repeats).Select(r => FoldAssignment.Draw(rows, folds, SplitMix64.Mix((ulong)seed) + (ulong)r))];
        _rows = [.. Enumerable.Range(0, Parts).Select(part => RowsWhere(part, fold => fold == part % folds))];
    }

    public int Parts { get; }

    public int Repeats { get; }

    /// <summary>The number of folds in each repeat.</summary>
    public int Count => _count;

    public int RowCount { get; }

    /// <summary>The number of forecasts: rows times repeats.</summary>
    public int Forecasts => RowCount * Repeats;

    /// <summary>What a part is called.</summary>
    public string Name(int part) => $"fold {part % _count + 1} of {_count}{(Repeats > 1 ? $", repeat {part / _count + 1}" : "")}";

    /// <summary>The rows that a part holds out.</summary>
    public int[] HeldOut(int part) => _rows[part];

    /// <summary>All other rows.</summary>
    public int[] Training(int part) => RowsWhere(part, fold => fold != part % _count);

    /// <summary>Where the forecasts of the rows stand that a part holds out.</summary>
    public int[] Positions(int part) => [.. _rows[part].Select(row => part / _count * RowCount + row)];

    /// <summary>Where the forecasts of a repeat stand.</summary>
    public int[] OfRepeat(int repeat) => [.. Enumerable.Range(repeat * RowCount, RowCount)];

    /// <summary>The fold of a forecast.</summary>
    public int FoldOf(int forecast) => _foldOf[forecast / RowCount][forecast % RowCount];

    private int[] RowsWhere(int part, Func<int, bool> isIn) =>
        [.. Enumerable.Range(0, RowCount).Where(row => isIn(_foldOf[part / _count][row]))];
}
