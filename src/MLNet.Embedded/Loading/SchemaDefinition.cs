using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>How the members of a class map to columns.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => Find(column => column.ColumnName == columnName);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Check.Param(value.ColumnName == columnName, nameof(columnName), columnName, $"must match the column's name '{value.ColumnName}'");
            int index = FindIndex(column => column.ColumnName == columnName);
            if (index >= 0)
                this[index] = value;
            else
                Add(value);
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        ArgumentNullException.ThrowIfNull(userType);
        var definition = new SchemaDefinition();
        foreach (MemberInfo member in MembersOf(userType, direction))
        {
            string name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (definition[name] != null)
                throw new ArgumentOutOfRangeException(nameof(userType), $"Duplicate column name '{name}' detected, this is disallowed");
            definition.Add(new Column(member.Name, ColumnTypeOf(member), name));
        }
        return definition;
    }

    /// <summary>The class's members with the types and annotations of the schema's columns, which must all be among them.</summary>
    internal static SchemaDefinition Create(Type userType, DataViewSchema schema)
    {
        SchemaDefinition definition = Create(userType, Direction.Read);
        foreach (DataViewSchema.Column column in schema)
        {
            Column member = definition[column.Name] ?? throw new InvalidOperationException($"Type should contain a member named {column.Name}");
            member.Adopt(column);
        }
        return definition;
    }

    private static IEnumerable<MemberInfo> MembersOf(Type userType, Direction direction)
    {
        IEnumerable<MemberInfo> fields = userType.GetFields(BindingFlags.Public | BindingFlags.Instance);
        IEnumerable<MemberInfo> properties = userType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            property.GetIndexParameters().Length == 0
            && ((direction.HasFlag(Direction.Read) && property.GetGetMethod() != null) || (direction.HasFlag(Direction.Write) && property.GetSetMethod() != null)));
        return fields.Concat(properties).Where(member => member.GetCustomAttribute<NoColumnAttribute>() == null);
    }

    private static DataViewType ColumnTypeOf(MemberInfo member)
    {
        MemberType type = MemberType.Of(member);
        PrimitiveDataViewType itemType = type.ItemType;
        if (member.GetCustomAttribute<KeyTypeAttribute>() is KeyTypeAttribute key)
        {
            Check.Param(KeyDataViewType.IsValidDataType(itemType.RawType), nameof(member), itemType, $"is the type of {member.Name}, which is marked with KeyType and must be an unsigned integer");
            itemType = new KeyDataViewType(itemType.RawType, key.KeyCount.Count.Value);
        }
        VectorTypeAttribute vector = member.GetCustomAttribute<VectorTypeAttribute>();
        Check.Param(vector == null || type.IsVector, nameof(member), type.ItemType, $"is the type of {member.Name}, which is marked with VectorType and must be an array or VBuffer");
        if (!type.IsVector)
            return itemType;
        return vector?.Dimensions is { Length: > 0 } dimensions ? new VectorDataViewType(itemType, dimensions) : new VectorDataViewType(itemType);
    }

    public sealed class Column
    {
        private readonly DataViewSchema.Annotations.Builder _annotations = new();
        private readonly HashSet<string> _kinds = [];

        internal Column(string memberName, DataViewType columnType, string columnName)
        {
            MemberName = memberName;
            ColumnType = columnType;
            ColumnName = columnName;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations => _annotations.ToAnnotations();

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Check.NonEmpty(kind);
            if (!_kinds.Add(kind))
                throw new InvalidOperationException($"Column '{ColumnName}' already has an annotation of kind '{kind}'.");
            _annotations.Add(kind, annotationType, (ref T destination) => destination = value);
        }

        /// <summary>Takes over the type and annotations of another view's column.</summary>
        internal void Adopt(DataViewSchema.Column column)
        {
            ColumnType = column.Type;
            _annotations.Add(column.Annotations, _kinds.Add);
        }
    }
}
