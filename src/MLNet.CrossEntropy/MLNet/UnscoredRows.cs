using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The rows of a cross-validation before any estimator has seen them: their groups, names and strata.</summary>
/// <param name="Groups">The name of each row's group, null where it has none; null without groups.</param>
/// <param name="Ids">The name of each row, null where it has none; null without names.</param>
/// <param name="Strata">
/// The indices of each row's strata: one as a rule (0 without strata), of a row with answers to several questions one a question.
/// </param>
/// <param name="StratumNames">The strata's names, null for the rows without one.</param>
internal sealed record UnscoredRows(string?[]? Groups, string?[]? Ids, int[][] Strata, string?[] StratumNames)
{
    public int Count => Strata.Length;

    /// <summary>What each row is known by in a later pass.</summary>
    public RowFingerprints? Fingerprints { get; init; }

    public bool IsStratified => StratumNames.Length > 1;

    /// <summary>
    /// Reads the rows once; a null name stands for a column that there is not. A vector of strata holds shares of the classes, or answers
    /// to several questions.
    /// </summary>
    public static UnscoredRows Read(
        IDataView data, string? groups, string? ids, string? strata, bool areAnswers, CancellationToken cancellation)
    {
        var group = ColumnValues.Optional(data.Schema, groups, "group");
        var id = ColumnValues.Optional(data.Schema, ids, "id");
        var stratum = ColumnValues.Optional(data.Schema, strata, "stratification");
        using var cursor = ColumnValues.OpenCursor(data, [group, id, stratum]);
        var groupOf = group is { } g ? ColumnValues.Name(cursor, g, "group") : null;
        var idOf = id is { } i ? ColumnValues.Name(cursor, i, "id") : null;
        StrataOfRows known = new(StrataOf(cursor, stratum, areAnswers));
        RowFingerprints fingerprints = new(group, id, stratum);
        var fingerprint = fingerprints.Getter(cursor);
        List<string?> groupNames = [], idNames = [];
        Dictionary<string, string> texts = [];
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (groupOf is not null)
            {
                // One text a group, however many rows it has.
                var name = groupOf();
                groupNames.Add(name is null || texts.TryAdd(name, name) ? name : texts[name]);
            }
            if (idOf is not null)
                idNames.Add(idOf());
            known.Add();
            fingerprints.Add(fingerprint());
        }
        var rows = known.ToRows(group is null ? null : [.. groupNames], id is null ? null : [.. idNames]);
        return rows with { Fingerprints = fingerprints };
    }

    /// <summary>Whether rows can be told apart by what stands in a column of this type.</summary>
    public static bool CanStratifyBy(DataViewType type) => IsShares(type) || type is VectorDataViewType { ItemType: BooleanDataViewType }
        || type is TextDataViewType or KeyDataViewType or BooleanDataViewType or NumberDataViewType;

    private static bool IsShares(DataViewType type) => type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single;

    private static Func<string?[]> StrataOf(DataViewRow row, DataViewSchema.Column? column, bool areAnswers)
    {
        if (column is not { } strata)
            return static () => [null];
        if (strata.Type is VectorDataViewType vector && (areAnswers || vector.ItemType is BooleanDataViewType))
            return Answers(row, strata);
        var name = Stratum(row, strata);
        return () => [name()];
    }

    /// <summary>
    /// A getter of a row's stratum: the value; of shares of the classes the class of the largest, of a share of yes whether it is one
    /// half or more.
    /// </summary>
    private static Func<string?> Stratum(DataViewRow row, DataViewSchema.Column column)
    {
        if (IsShares(column.Type))
            return Largest(ColumnValues.Vector<float>(row, column));
        var name = ColumnValues.Name(row, column, "stratification");
        return column.Type is not NumberDataViewType ? name : () =>
        {
            var text = name();
            return double.TryParse(text, CultureInfo.InvariantCulture, out var share) && share is > 0 and < 1
                ? share < 0.5 ? "0" : "1"
                : text;
        };
    }

    private static Func<string?> Largest(ValueGetter<VBuffer<float>> getter)
    {
        VBuffer<float> values = default;
        return () =>
        {
            getter(ref values);
            (var largest, var index) = (0f, -1);
            foreach ((var slot, var value) in values.Items())
            {
                if (value > largest)
                    (largest, index) = (value, slot);
            }
            return index < 0 ? null : index.ToString(CultureInfo.InvariantCulture);
        };
    }

    /// <summary>A getter of a row's answers, a text for each that there is.</summary>
    private static Func<string?[]> Answers(DataViewRow row, DataViewSchema.Column column)
    {
        var vector = (VectorDataViewType)column.Type;
        var names = AnnotationNames.OfSlots(column, vector.Size) ?? ClassNames.Numbers(vector.Size);
        return vector.ItemType is BooleanDataViewType
            ? Getter<bool>(static x => x)
            : Getter<float>(static x => float.IsNaN(x) ? null : x >= 0.5f);

        Func<string?[]> Getter<T>(Func<T, bool?> isYes)
        {
            var getter = ColumnValues.Vector<T>(row, column);
            VBuffer<T> values = default;
            List<(string Yes, string No)> texts = [];
            return () =>
            {
                getter(ref values);
                for (var slot = texts.Count; slot < values.Length; slot++)
                    texts.Add(($"{Name(slot)}: yes", $"{Name(slot)}: no"));
                return [.. values.DenseValues().Select((x, slot) => isYes(x) is { } yes ? yes ? texts[slot].Yes : texts[slot].No : null)
                    .OfType<string>()];
            };
        }

        string Name(int slot) => slot < names.Length ? names[slot] : $"{slot}";
    }

    /// <summary>Numbers strata as they occur; where rows are of several, by how rare they are.</summary>
    private sealed class StrataOfRows(Func<string?[]> ofRow)
    {
        // The empty name stands for none.
        private readonly Dictionary<string, int> _indexOf = [];
        private readonly List<int[]> _ofRows = [];

        public void Add()
        {
            int[] strata = [.. ofRow().Select(IndexOf)];
            _ofRows.Add(_ofRows.Count > 0 && _ofRows[^1].SequenceEqual(strata) ? _ofRows[^1] : strata);
        }

        public UnscoredRows ToRows(string?[]? groups, string?[]? ids)
        {
            string?[] names = [.. _indexOf.OrderBy(s => s.Value).Select(s => s.Key.Length == 0 ? null : s.Key)];
            if (_ofRows.TrueForAll(strata => strata.Length == 1))
                return new(groups, ids, [.. _ofRows], names);
            int[] counts = [.. _ofRows.SelectMany(strata => strata).CountBy(s => s).OrderBy(s => s.Key).Select(s => s.Value)];
            int[] byCount = [.. Enumerable.Range(0, names.Length).OrderBy(s => counts[s])];
            var rankOf = new int[names.Length];
            for (var rank = 0; rank < byCount.Length; rank++)
                rankOf[byCount[rank]] = rank;
            var strataOfRows = _ofRows.Select(strata => Array.ConvertAll(strata, s => rankOf[s]));
            return new(groups, ids, [.. strataOfRows], [.. byCount.Select(s => names[s])]);
        }

        private int IndexOf(string? name)
        {
            if (!_indexOf.TryGetValue(name ?? "", out var index))
                _indexOf.Add(name ?? "", index = _indexOf.Count);
            return index;
        }
    }
}
