using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class DataOperationsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _environment;

    internal DataOperationsCatalog(IHostEnvironment env) => _environment = env;

    IHostEnvironment IInternalCatalog.Environment => _environment;

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(data);
        return new EnumerableDataView<TRow>(data, schemaDefinition);
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(schema);
        return new EnumerableDataView<TRow>(data, SchemaDefinition.Create(typeof(TRow), schema));
    }

    /// <summary>The rows as objects; the binding is checked at once, the rows are read as they are enumerated.</summary>
    public IEnumerable<TRow> CreateEnumerable<TRow>(
        IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        ArgumentNullException.ThrowIfNull(data);
        return Rows(data, new ObjectFiller<TRow>(data.Schema, schemaDefinition, ignoreMissingColumns), reuseRowObject);
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new CacheDataView(input, columnsToPrefetch ?? []);
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check.Param(shufflePoolSize > 0, nameof(shufflePoolSize), shufflePoolSize, "must be at least 1");
        int usedSeed = seed ?? ((TauswortheHybrid)_environment.Register("Shuffle").Rand).NextSigned();
        return new ShuffledDataView(input, usedSeed, shufflePoolSize, shuffleSource);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check.Param(count > 0, nameof(count), count, "must be at least 1");
        return new SkipTakeDataView(input, count, long.MaxValue);
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check.Param(count > 0, nameof(count), count, "must be at least 1");
        return new SkipTakeDataView(input, 0, count);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Check.Param(testFraction > 0 && testFraction < 1, nameof(testFraction), testFraction, "must be between 0 and 1 exclusive");
        RowSplitter splitter = RowSplitter.Create(data, samplingKeyColumnName, seed ?? _environment.SeedOrNull());
        return new TrainTestData(
            splitter.Where(number => number < 0 || number >= testFraction),
            splitter.Where(number => number >= 0 && number < testFraction));
    }

    /// <summary>The folds' ranges are closed at both ends, as in ML.NET.</summary>
    public IReadOnlyList<TrainTestData> CrossValidationSplit(
        IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Check.Param(numberOfFolds > 1, nameof(numberOfFolds), numberOfFolds, "must be at least 2");
        RowSplitter splitter = RowSplitter.Create(data, samplingKeyColumnName, seed ?? _environment.SeedOrNull());
        var folds = new TrainTestData[numberOfFolds];
        for (int fold = 0; fold < numberOfFolds; fold++)
        {
            double min = (double)fold / numberOfFolds;
            double max = (double)(fold + 1) / numberOfFolds;
            folds[fold] = new TrainTestData(
                splitter.Where(number => number < min || number > max),
                splitter.Where(number => number >= min && number <= max));
        }
        return folds;
    }

    private static IEnumerable<TRow> Rows<TRow>(IDataView data, ObjectFiller<TRow> filler, bool reuseRowObject)
        where TRow : class, new()
    {
        using DataViewRowCursor cursor = data.GetRowCursor(filler.Columns);
        Action<TRow> fill = filler.Create(cursor);
        TRow row = null;
        while (cursor.MoveNext())
        {
            if (row == null || !reuseRowObject)
                row = new TRow();
            fill(row);
            yield return row;
        }
    }

    public struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet)
        {
            TrainSet = trainSet;
            TestSet = testSet;
        }
    }
}
