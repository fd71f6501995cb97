using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IHost _host;
    private readonly (string outputColumnName, string inputColumnName)[] _columns;
    private readonly long _maximumExampleCount;
    private readonly Func<int, ColumnStatistics> _makeStatistics;

    /// <remarks><paramref name="makeStatistics"/> makes the statistics of a column of so many slots.</remarks>
    internal NormalizingEstimator(
        IHostEnvironment env,
        (string outputColumnName, string inputColumnName)[] columns,
        long maximumExampleCount,
        Func<int, ColumnStatistics> makeStatistics)
    {
        _host = env.Register(nameof(NormalizingEstimator));
        Check.Param(maximumExampleCount > 1, nameof(maximumExampleCount), maximumExampleCount, "must be greater than 1");
        _columns = columns;
        _maximumExampleCount = maximumExampleCount;
        _makeStatistics = makeStatistics;
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema.Column[] sources = Array.ConvertAll(_columns, pair => Check.Column(input.Schema, "data", "input", pair.inputColumnName));
        foreach (DataViewSchema.Column source in sources)
            NormalizingTransformer.CheckInput(source);
        ColumnStatistics[] statistics = Array.ConvertAll(sources, source => _makeStatistics(source.Type is VectorDataViewType vector ? vector.Size : 1));
        using DataViewRowCursor cursor = input.GetRowCursor(sources);
        Action[] readers = sources.Select((source, i) => MakeReader(cursor, source, statistics[i])).ToArray();
        for (long row = 0; row < _maximumExampleCount && cursor.MoveNext(); row++)
        {
            foreach (Action read in readers)
                read();
        }

        return new NormalizingTransformer(
            _host, _columns, Array.ConvertAll(sources, source => source.Type), Array.ConvertAll(statistics, column => column.ToNormalizer()));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, _columns.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            if (input.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", input.Name, "known-size vector or scalar", input.GetTypeString());
            if (!input.ItemType.Equals(NumberDataViewType.Single) && !input.ItemType.Equals(NumberDataViewType.Double))
                throw Check.ColumnMismatch(nameof(inputSchema), "input", input.Name, "vector or scalar of Single or Double", input.GetTypeString());
            var annotations = new SchemaShape([SchemaShapes.IsNormalized, .. input.Annotation(AnnotationKinds.SlotNames)]);
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, input.ItemType, input.IsKey, annotations);
        }));

    private static Action MakeReader(DataViewRowCursor row, DataViewSchema.Column source, ColumnStatistics statistics)
    {
        VBuffer<float> vector = default;
        if (source.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> getVector = row.GetGetter<VBuffer<float>>(source);
            return () =>
            {
                getVector(ref vector);
                statistics.Add(vector);
            };
        }

        ValueGetter<float> getValue = row.GetGetter<float>(source);
        var value = new float[1];
        vector = new VBuffer<float>(1, value);
        return () =>
        {
            getValue(ref value[0]);
            statistics.Add(vector);
        };
    }
}
