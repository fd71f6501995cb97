using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The rows of a cross-validation before any estimator has seen them: their groups, names and strata.</summary>
/// <param name="Groups">The name of each row's group, null where it has none; null without groups.</param>
/// <param name="Ids">The name of each row, null where it has none; null without names.</param>
/// <param name="Strata">The index of each row's stratum; 0 without strata.</param>
/// <param name="StratumNames">The strata's names, null for the rows without one.</param>
internal sealed record UnscoredRows(string?[]? Groups, string?[]? Ids, int[] Strata, string?[] StratumNames)
{
    public int Count => Strata.Length;

    public bool IsStratified => StratumNames.Length > 1;

    /// <summary>Reads the rows once; a null name stands for a column that there is not.</summary>
    public static UnscoredRows Read(IDataView data, string? groups, string? ids, string? strata, CancellationToken cancellation)
    {
        var group = ColumnValues.Optional(data.Schema, groups, "group");
        var id = ColumnValues.Optional(data.Schema, ids, "id");
        var stratum = ColumnValues.Optional(data.Schema, strata, "stratification");
        using var cursor = ColumnValues.OpenCursor(data, [group, id, stratum]);
        var groupOf = group is { } g ? ColumnValues.Name(cursor, g, "group") : null;
        var idOf = id is { } i ? ColumnValues.Name(cursor, i, "id") : null;
        var stratumOf = stratum is { } s ? Stratum(cursor, s) : static () => null;
        List<string?> groupNames = [], idNames = [];
        List<int> strataOfRows = [];
        Dictionary<string, string> known = [];
        Dictionary<(string? Name, bool), int> indexOf = [];
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (groupOf is not null)
            {
                // One text a group, however many rows it has.
                var name = groupOf();
                groupNames.Add(name is null || known.TryAdd(name, name) ? name : known[name]);
            }
            if (idOf is not null)
                idNames.Add(idOf());
            (string?, bool) key = (stratumOf(), true);
            if (!indexOf.TryGetValue(key, out var index))
                indexOf.Add(key, index = indexOf.Count);
            strataOfRows.Add(index);
        }
        return new(
            group is null ? null : [.. groupNames],
            id is null ? null : [.. idNames],
            [.. strataOfRows],
            [.. indexOf.OrderBy(s => s.Value).Select(s => s.Key.Name)]);
    }

    /// <summary>Whether rows can be told apart by what stands in a column of this type.</summary>
    public static bool CanStratifyBy(DataViewType type) => IsShares(type)
        || type is TextDataViewType or KeyDataViewType or BooleanDataViewType or NumberDataViewType;

    private static bool IsShares(DataViewType type) => type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single;

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
}
