namespace Microsoft.ML.Data;

/// <summary>Scalars and vectors of one item type, one after another in a vector.</summary>
internal sealed class ConcatenatingMapper : RowMapper
{
    private readonly DataViewSchema.Column[] _sources;
    private readonly DataViewSchema.DetachedColumn _output;

    public ConcatenatingMapper(DataViewSchema inputSchema, string name, IReadOnlyList<string> sources)
        : base(inputSchema)
    {
        _sources = sources.Select(source => Check.Column(inputSchema, nameof(inputSchema), "input", source)).ToArray();
        _output = IsIdentity
            ? new DataViewSchema.DetachedColumn(name, _sources[0].Type, _sources[0].Annotations)
            : new DataViewSchema.DetachedColumn(name, OutputType(), MakeAnnotations());
    }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns => [_output];

    // One vector is passed through, shape, annotations and all.
    private bool IsIdentity => _sources is [{ Type: VectorDataViewType }];

    internal override IEnumerable<int> GetDependencies(int output) => _sources.Select(source => source.Index);

    internal override Delegate CreateGetter(DataViewRow input, int output)
        => IsIdentity
            ? input.GetGetterDelegate(input.Schema[_sources[0].Index])
            : Getters.Invoke<Delegate>(MakeGetter<int>, _output.Type.GetItemType().RawType, input);

    private VectorDataViewType OutputType()
    {
        PrimitiveDataViewType itemType = _sources[0].Type.GetItemType();
        foreach (DataViewSchema.Column source in _sources)
        {
            if (!source.Type.GetItemType().Equals(itemType))
                throw Check.ColumnMismatch("inputSchema", "input", source.Name, itemType.ToString(), source.Type.ToString());
        }

        int[] sizes = Array.ConvertAll(_sources, SizeOf);
        return new VectorDataViewType(itemType, sizes.Contains(0) ? 0 : sizes.Sum());
    }

    private DataViewSchema.Annotations MakeAnnotations()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        VectorDataViewType type = OutputType();
        if (type.ItemType is NumberDataViewType && _sources.All(source => source.IsNormalized()))
            builder.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
        if (type.IsKnownSize && _sources.Any(source => source.Type is not VectorDataViewType || source.HasSlotNames()))
            builder.AddSlotNames(_sources.SelectMany(NamesOf).ToArray());
        return builder.ToAnnotations();
    }

    /// <summary>A scalar's own name; a vector's slots as "column.slot", or empty where they have no names.</summary>
    private static IEnumerable<ReadOnlyMemory<char>> NamesOf(DataViewSchema.Column source)
    {
        if (source.Type is not VectorDataViewType)
            return [source.Name.AsMemory()];
        if (!source.HasSlotNames())
            return new ReadOnlyMemory<char>[SizeOf(source)];
        VBuffer<ReadOnlyMemory<char>> names = default;
        source.GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.IsEmpty ? name : $"{source.Name}.{name}".AsMemory());
    }

    private static int SizeOf(DataViewSchema.Column source) => source.Type is VectorDataViewType vector ? vector.Size : 1;

    private ValueGetter<VBuffer<T>> MakeGetter<T>(DataViewRow input)
    {
        ValueGetter<VBuffer<T>>[] getters = Array.ConvertAll(_sources, source => MakePartGetter<T>(input, source));
        var parts = new VBuffer<T>[getters.Length];
        return (ref VBuffer<T> destination) =>
        {
            int length = 0, count = 0;
            for (int i = 0; i < parts.Length; i++)
            {
                getters[i](ref parts[i]);
                length += parts[i].Length;
                count += parts[i].GetValues().Length;
            }

            if (count <= length / 2)
                JoinSparse(parts, length, count, ref destination);
            else
                JoinDense(parts, length, ref destination);
        };
    }

    private static ValueGetter<VBuffer<T>> MakePartGetter<T>(DataViewRow input, DataViewSchema.Column source)
    {
        if (source.Type is not VectorDataViewType vector)
        {
            ValueGetter<T> getValue = input.GetGetter<T>(source);
            var value = new T[1];
            return (ref VBuffer<T> part) =>
            {
                getValue(ref value[0]);
                part = new VBuffer<T>(1, value);
            };
        }

        ValueGetter<VBuffer<T>> getVector = input.GetGetter<VBuffer<T>>(source);
        return (ref VBuffer<T> part) =>
        {
            getVector(ref part);
            if (vector.IsKnownSize && part.Length != vector.Size)
                throw new InvalidOperationException($"Column '{source.Name}': expected {vector.Size} slots, but got {part.Length}");
        };
    }

    private static void JoinDense<T>(VBuffer<T>[] parts, int length, ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length);
        int offset = 0;
        foreach (VBuffer<T> part in parts)
        {
            part.CopyTo(editor.Values, offset);
            offset += part.Length;
        }

        destination = editor.Commit();
    }

    private static void JoinSparse<T>(VBuffer<T>[] parts, int length, int count, ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length, count);
        int offset = 0, next = 0;
        foreach (VBuffer<T> part in parts)
        {
            ReadOnlySpan<T> values = part.GetValues();
            ReadOnlySpan<int> indices = part.GetIndices();
            for (int i = 0; i < values.Length; i++)
            {
                editor.Values[next] = values[i];
                editor.Indices[next++] = offset + (part.IsDense ? i : indices[i]);
            }

            offset += part.Length;
        }

        destination = editor.Commit();
    }
}
