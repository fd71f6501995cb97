using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    private readonly DataViewType[] _types;
    private readonly ColumnNormalizer[] _normalizers;

    internal NormalizingTransformer(
        IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, DataViewType[] types, ColumnNormalizer[] normalizers)
        : base(env.Register(nameof(NormalizingTransformer)), columns)
    {
        _types = types;
        _normalizers = normalizers;
    }

    internal NormalizingTransformer(ModelLoadContext ctx)
        : base(ctx.Environment.Register(nameof(NormalizingTransformer)), LoadColumns(ctx.Reader))
    {
        _types = Array.ConvertAll(ColumnPairs, _ => ctx.Reader.ReadColumnType());
        _normalizers = Array.ConvertAll(ColumnPairs, _ => ColumnNormalizer.Load(ctx.Reader));
    }

    public NormalizerModelParametersBase GetNormalizerModelParameters(int index)
    {
        Check.Param(index >= 0 && index < _normalizers.Length, nameof(index), index, $"must be from 0 to {_normalizers.Length - 1}");
        return _normalizers[index].ToModelParameters(_types[index] is VectorDataViewType);
    }

    internal static void CheckInput(DataViewSchema.Column input)
    {
        const string expected = "scalar or known-size vector of Single";
        if (input.Type is VectorDataViewType { IsKnownSize: false })
            throw Check.ColumnMismatch("inputSchema", "input", input.Name, expected, "variable-size vector");
        if (input.Type.GetItemType() == NumberDataViewType.Double)
            throw new NotSupportedException($"Column '{input.Name}' is {input.Type}: the embedded ML.NET host normalises Single columns only.");
        if (input.Type.GetItemType() != NumberDataViewType.Single)
            throw Check.ColumnMismatch("inputSchema", "input", input.Name, expected, input.Type.ToString());
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair)
    {
        CheckInput(input);
        if (!input.Type.Equals(_types[pair]))
            throw Check.ColumnMismatch("inputSchema", "input", input.Name, _types[pair].ToString(), input.Type.ToString());
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
        annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
        return new DataViewSchema.DetachedColumn(ColumnPairs[pair].outputColumnName, _types[pair], annotations.ToAnnotations());
    }

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair) => _normalizers[pair].MakeGetter(row, input);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.Normalize);
        SaveColumns(writer);
        foreach (DataViewType type in _types)
            writer.WriteColumnType(type);
        foreach (ColumnNormalizer normalizer in _normalizers)
            normalizer.Save(writer);
    }

    public abstract class NormalizerModelParametersBase
    {
        private protected NormalizerModelParametersBase()
        {
        }
    }

    public sealed class AffineNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal AffineNormalizerModelParameters(TData scale, TData offset)
        {
            Scale = scale;
            Offset = offset;
        }

        public TData Scale { get; }

        public TData Offset { get; }
    }

    public sealed class CdfNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal CdfNormalizerModelParameters(TData mean, TData standardDeviation, bool useLog)
        {
            Mean = mean;
            StandardDeviation = standardDeviation;
            UseLog = useLog;
        }

        public TData Mean { get; }

        public TData StandardDeviation { get; }

        public bool UseLog { get; }
    }
}
