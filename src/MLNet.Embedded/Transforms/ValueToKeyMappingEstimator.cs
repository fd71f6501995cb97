using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHost _host;
    private readonly (string outputColumnName, string inputColumnName)[] _columns;
    private readonly int _maximumNumberOfKeys;
    private readonly KeyOrdinality _ordinality;
    private readonly bool _keyValuesAsText;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(
        IHostEnvironment env,
        (string outputColumnName, string inputColumnName)[] columns,
        int maximumNumberOfKeys,
        KeyOrdinality keyOrdinality,
        bool addKeyValueAnnotationsAsText,
        IDataView keyData)
    {
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        Check.Param(columns.Length > 0, nameof(columns), "none", "must name at least one column");
        Check.Param(
            keyData == null || keyData.Schema.Count == 1,
            nameof(keyData), $"one of {keyData?.Schema.Count} columns", "must have a single column, that of the terms to map");
        _columns = columns;
        _maximumNumberOfKeys = maximumNumberOfKeys;
        _ordinality = keyOrdinality;
        _keyValuesAsText = addKeyValueAnnotationsAsText;
        _keyData = keyData;
    }

    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema.Column[] sources = Array.ConvertAll(_columns, pair => Check.Column(input.Schema, nameof(input), "input", pair.inputColumnName));
        Vocabulary[] vocabularies = Array.ConvertAll(sources, source => Vocabulary.Create(source.Type.GetItemType()));
        if (_keyData == null)
        {
            Check.Param(_maximumNumberOfKeys > 0, "maximumNumberOfKeys", _maximumNumberOfKeys, "must be positive");
            Read(input, sources, vocabularies, _maximumNumberOfKeys);
        }
        else
        {
            ReadKeyData(_keyData, sources, vocabularies);
        }

        using IChannel channel = _host.Start("Training");
        for (int i = 0; i < vocabularies.Length; i++)
        {
            if (vocabularies[i].Count == 0)
                channel.Warning($"Term map for output column '{_columns[i].outputColumnName}' contains no entries.");
            if (_ordinality == KeyOrdinality.ByValue)
                vocabularies[i].Sort();
        }

        return new ValueToKeyMappingTransformer(_host, _columns, vocabularies, _keyValuesAsText);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, _columns.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            DataViewType valueType = _keyValuesAsText ? TextDataViewType.Instance : input.ItemType;
            var keyValues = new SchemaShape.Column(AnnotationKinds.KeyValues, SchemaShape.Column.VectorKind.Vector, valueType, input.IsKey);
            var annotations = new SchemaShape([.. input.Annotation(AnnotationKinds.SlotNames), keyValues]);
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, NumberDataViewType.UInt32, true, annotations);
        }));

    private static void Read(IDataView data, DataViewSchema.Column[] sources, Vocabulary[] vocabularies, int maximumCount)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(sources);
        List<Func<bool>> readers = [];
        for (int i = 0; i < sources.Length; i++)
            readers.Add(vocabularies[i].MakeReader(cursor, sources[i], maximumCount));
        while (readers.Count > 0 && cursor.MoveNext())
            readers.RemoveAll(hasRoomForMore => !hasRoomForMore());
    }

    private static void ReadKeyData(IDataView keyData, DataViewSchema.Column[] sources, Vocabulary[] vocabularies)
    {
        DataViewSchema.Column terms = keyData.Schema[0];
        for (int i = 0; i < sources.Length; i++)
        {
            PrimitiveDataViewType itemType = vocabularies[i].ItemType;
            if (!terms.Type.Equals(itemType))
                throw new ArgumentOutOfRangeException(nameof(keyData), $"Input data's column must be of type '{itemType}' but was '{terms.Type}'");
            Read(keyData, [terms], [vocabularies[i]], int.MaxValue);
        }
    }
}
