namespace Microsoft.ML.Data;

/// <summary>Fills the members of objects from the columns of a row.</summary>
internal sealed class ObjectFiller<TRow>
    where TRow : class
{
    private readonly MemberColumn[] _members;
    private readonly Delegate[] _writes;
    private readonly Delegate[] _reads;

    /// <exception cref="ArgumentOutOfRangeException">A member has no column, and missing columns are not ignored.</exception>
    internal ObjectFiller(DataViewSchema schema, SchemaDefinition definition, bool ignoreMissingColumns)
    {
        MemberColumn[] members = MemberColumn.Bind(typeof(TRow), definition, SchemaDefinition.Direction.Write);
        MemberColumn missing = members.FirstOrDefault(member => schema.GetColumnOrNull(member.Name) == null);
        if (missing != null && !ignoreMissingColumns)
            throw Check.ColumnNotFound("Schema", "", missing.Name);
        _members = [.. members.Where(member => schema.GetColumnOrNull(member.Name) != null)];
        Columns = Array.ConvertAll(_members, member => schema[member.Name]);
        foreach ((MemberColumn member, DataViewSchema.Column column) in _members.Zip(Columns))
        {
            if (!member.Fits(column.Type))
                throw new InvalidOperationException($"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property {member.Describe()}.");
        }
        _writes = Array.ConvertAll(_members, member => member.CompileWrite<TRow>());
        // Vectors are read back first, so that an object used again keeps its arrays.
        _reads = Array.ConvertAll(_members, member => member.MemberType.IsVector ? member.CompileRead<TRow>() : null);
    }

    /// <summary>The columns that must be active in the row.</summary>
    internal DataViewSchema.Column[] Columns { get; }

    /// <summary>An action that sets an object's members to the row's current values.</summary>
    internal Action<TRow> Create(DataViewRow row)
    {
        Action<TRow>[] setters = [.. Enumerable.Range(0, _members.Length).Select(i => CreateSetter(row, i))];
        return destination =>
        {
            foreach (Action<TRow> setter in setters)
                setter(destination);
        };
    }

    private Action<TRow> CreateSetter(DataViewRow row, int index)
    {
        MemberType type = _members[index].MemberType;
        DataViewSchema.Column column = row.Schema[Columns[index].Index];
        if (type.DeclaredType == typeof(string))
            return StringSetter(row.GetGetter<ReadOnlyMemory<char>>(column), (Action<TRow, string>)_writes[index]);
        if (type.DeclaredType == typeof(string[]))
            return StringArraySetter(row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column), (Action<TRow, string[]>)_writes[index]);
        Type item = type.ItemType.RawType;
        if (type.DeclaredType.IsArray)
            return Getters.Invoke<Action<TRow>>(ArraySetter<int>, item, row, column, _reads[index], _writes[index]);
        if (type.IsVector)
            return Getters.Invoke<Action<TRow>>(VectorSetter<int>, item, row, column, _reads[index], _writes[index]);
        return Getters.Invoke<Action<TRow>>(ValueSetter<int>, item, row, column, _writes[index]);
    }

    private static Action<TRow> ValueSetter<T>(DataViewRow row, DataViewSchema.Column column, Delegate write)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        var typedWrite = (Action<TRow, T>)write;
        T value = default;
        return destination =>
        {
            getter(ref value);
            typedWrite(destination, value);
        };
    }

    private static Action<TRow> ArraySetter<T>(DataViewRow row, DataViewSchema.Column column, Delegate read, Delegate write)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        var typedRead = (Func<TRow, T[]>)read;
        var typedWrite = (Action<TRow, T[]>)write;
        VBuffer<T> value = default;
        return destination =>
        {
            getter(ref value);
            T[] array = typedRead(destination);
            if (array?.Length != value.Length)
                array = new T[value.Length];
            value.CopyTo(array);
            typedWrite(destination, array);
        };
    }

    private static Action<TRow> VectorSetter<T>(DataViewRow row, DataViewSchema.Column column, Delegate read, Delegate write)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        var typedRead = (Func<TRow, VBuffer<T>>)read;
        var typedWrite = (Action<TRow, VBuffer<T>>)write;
        return destination =>
        {
            VBuffer<T> value = typedRead(destination);
            getter(ref value);
            typedWrite(destination, value);
        };
    }

    private static Action<TRow> StringSetter(ValueGetter<ReadOnlyMemory<char>> getter, Action<TRow, string> write)
    {
        ReadOnlyMemory<char> value = default;
        return destination =>
        {
            getter(ref value);
            write(destination, value.ToString());
        };
    }

    private static Action<TRow> StringArraySetter(ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter, Action<TRow, string[]> write)
    {
        VBuffer<ReadOnlyMemory<char>> value = default;
        return destination =>
        {
            getter(ref value);
            write(destination, [.. value.DenseValues().Select(text => text.ToString())]);
        };
    }
}
