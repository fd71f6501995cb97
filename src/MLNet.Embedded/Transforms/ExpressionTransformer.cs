using System.Linq.Expressions;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A column computed from a Single, or from each slot of a vector of Single, by a formula.</summary>
public sealed class ExpressionTransformer : RowToRowTransformerBase
{
    private readonly string _output;
    private readonly string _expression;
    private readonly string _input;

    internal ExpressionTransformer(IHostEnvironment env, string output, string expression, string input)
        : base(env.Register(nameof(ExpressionTransformer)))
    {
        _output = output;
        _expression = expression;
        _input = input;
    }

    internal ExpressionTransformer(ModelLoadContext ctx)
        : this(ctx.Environment, ctx.Reader.ReadString(), ctx.Reader.ReadString(), ctx.Reader.ReadString())
    {
    }

    internal static PrimitiveDataViewType TypeOf(LambdaExpression formula)
        => formula.ReturnType == typeof(bool) ? BooleanDataViewType.Instance : NumberDataViewType.Single;

    private protected override RowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.Expression);
        writer.Write(_output);
        writer.Write(_expression);
        writer.Write(_input);
    }

    private sealed class Mapper : RowMapper
    {
        private readonly DataViewSchema.Column _input;
        private readonly Delegate _formula;

        public Mapper(ExpressionTransformer parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _input = Check.Column(inputSchema, nameof(inputSchema), "input", parent._input);
            if (_input.Type.GetItemType() != NumberDataViewType.Single)
                throw new NotSupportedException($"Column '{_input.Name}' is {_input.Type}: the embedded ML.NET host computes expressions of Single only.");
            LambdaExpression formula = ExpressionParser.Parse(parent._expression);
            _formula = formula.Compile();
            PrimitiveDataViewType item = TypeOf(formula);
            var annotations = new DataViewSchema.Annotations.Builder();
            if (_input.Type is VectorDataViewType)
                annotations.Add(_input.Annotations, kind => kind == AnnotationKinds.SlotNames);
            DataViewType type = _input.Type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Size) : item;
            OutputColumns = [new(parent._output, type, annotations.ToAnnotations())];
        }

        internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        internal override IEnumerable<int> GetDependencies(int output) => [_input.Index];

        internal override Delegate CreateGetter(DataViewRow input, int output) => _formula switch
        {
            Func<float, bool> formula => CreateGetter(input, formula),
            _ => CreateGetter(input, (Func<float, float>)_formula),
        };

        private Delegate CreateGetter<T>(DataViewRow row, Func<float, T> formula)
        {
            if (_input.Type is VectorDataViewType)
            {
                ValueGetter<VBuffer<float>> getSlots = row.GetGetter<VBuffer<float>>(_input);
                VBuffer<float> slots = default;
                return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> destination) =>
                {
                    getSlots(ref slots);
                    VBufferEditor<T> editor = VBufferEditor.Create(ref destination, slots.Length);
                    int slot = 0;
                    foreach (float x in slots.DenseValues())
                        editor.Values[slot++] = formula(x);
                    destination = editor.Commit();
                });
            }

            ValueGetter<float> get = row.GetGetter<float>(_input);
            float value = 0;
            return (ValueGetter<T>)((ref T destination) =>
            {
                get(ref value);
                destination = formula(value);
            });
        }
    }
}
