using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    private readonly Vocabulary[] _vocabularies;
    private readonly bool _keyValuesAsText;

    internal ValueToKeyMappingTransformer(
        IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, Vocabulary[] vocabularies, bool keyValuesAsText)
        : base(env.Register(nameof(ValueToKeyMappingTransformer)), columns)
    {
        _vocabularies = vocabularies;
        _keyValuesAsText = keyValuesAsText;
    }

    internal ValueToKeyMappingTransformer(ModelLoadContext ctx)
        : base(ctx.Environment.Register(nameof(ValueToKeyMappingTransformer)), LoadColumns(ctx.Reader))
    {
        _keyValuesAsText = ctx.Reader.ReadBoolean();
        _vocabularies = Array.ConvertAll(ColumnPairs, _ => Vocabulary.Load(ctx.Reader));
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair)
    {
        Vocabulary vocabulary = _vocabularies[pair];
        if (!input.Type.GetItemType().Equals(vocabulary.ItemType))
            throw Check.ColumnMismatch("inputSchema", "input", input.Name, vocabulary.ItemType.ToString(), input.Type.ToString());
        var annotations = new DataViewSchema.Annotations.Builder();
        vocabulary.AddKeyValues(annotations, _keyValuesAsText);
        annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
        DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(vocabulary.KeyType, vector.Dimensions) : vocabulary.KeyType;
        return new DataViewSchema.DetachedColumn(ColumnPairs[pair].outputColumnName, type, annotations.ToAnnotations());
    }

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair) => _vocabularies[pair].MakeGetter(row, input);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.ValueToKey);
        SaveColumns(writer);
        writer.Write(_keyValuesAsText);
        foreach (Vocabulary vocabulary in _vocabularies)
            vocabulary.Save(writer);
    }
}
