using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>How column types, schemas and values are written to and read from model files.</summary>
internal static class ModelValues
{
    private static readonly Dictionary<Type, (Action<BinaryWriter, object> Write, Func<BinaryReader, object> Read)> Codecs = new()
    {
        [typeof(sbyte)] = ((writer, value) => writer.Write((sbyte)value), reader => reader.ReadSByte()),
        [typeof(byte)] = ((writer, value) => writer.Write((byte)value), reader => reader.ReadByte()),
        [typeof(short)] = ((writer, value) => writer.Write((short)value), reader => reader.ReadInt16()),
        [typeof(ushort)] = ((writer, value) => writer.Write((ushort)value), reader => reader.ReadUInt16()),
        [typeof(int)] = ((writer, value) => writer.Write((int)value), reader => reader.ReadInt32()),
        [typeof(uint)] = ((writer, value) => writer.Write((uint)value), reader => reader.ReadUInt32()),
        [typeof(long)] = ((writer, value) => writer.Write((long)value), reader => reader.ReadInt64()),
        [typeof(ulong)] = ((writer, value) => writer.Write((ulong)value), reader => reader.ReadUInt64()),
        [typeof(float)] = ((writer, value) => writer.Write((float)value), reader => reader.ReadSingle()),
        [typeof(double)] = ((writer, value) => writer.Write((double)value), reader => reader.ReadDouble()),
        [typeof(bool)] = ((writer, value) => writer.Write((bool)value), reader => reader.ReadBoolean()),
        [typeof(ReadOnlyMemory<char>)] = ((writer, value) => writer.Write(value.ToString()), reader => reader.ReadString().AsMemory()),
    };

    private enum TypeTag : byte
    {
        Primitive,
        Key,
        Vector,
    }

    /// <summary>Writes an array of any primitive raw type, with its length.</summary>
    internal static void WriteArray<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
    {
        writer.Write(values.Length);
        foreach (T value in values)
            Codecs[typeof(T)].Write(writer, value);
    }

    internal static T[] ReadArray<T>(this BinaryReader reader)
    {
        var values = new T[reader.ReadInt32()];
        for (int i = 0; i < values.Length; i++)
            values[i] = (T)Codecs[typeof(T)].Read(reader);
        return values;
    }

    /// <summary>Writes a vector, sparse if it is.</summary>
    internal static void WriteVector<T>(this BinaryWriter writer, in VBuffer<T> vector)
    {
        writer.Write(vector.Length);
        writer.WriteArray(vector.GetValues());
        writer.WriteArray(vector.GetIndices());
    }

    internal static VBuffer<T> ReadVector<T>(this BinaryReader reader)
    {
        int length = reader.ReadInt32();
        T[] values = reader.ReadArray<T>();
        return new VBuffer<T>(length, values.Length, values, reader.ReadArray<int>());
    }

    internal static void WriteColumnType(this BinaryWriter writer, DataViewType type)
    {
        switch (type)
        {
            case VectorDataViewType vector:
                writer.Write((byte)TypeTag.Vector);
                writer.WriteColumnType(vector.ItemType);
                writer.WriteArray(vector.Dimensions.AsSpan());
                break;
            case KeyDataViewType key:
                writer.Write((byte)TypeTag.Key);
                writer.Write((byte)DataKinds.KindOf(key.RawType));
                writer.Write(key.Count);
                break;
            default:
                writer.Write((byte)TypeTag.Primitive);
                writer.Write((byte)DataKinds.KindOf(type.RawType));
                break;
        }
    }

    internal static DataViewType ReadColumnType(this BinaryReader reader) => (TypeTag)reader.ReadByte() switch
    {
        TypeTag.Vector => new VectorDataViewType((PrimitiveDataViewType)reader.ReadColumnType(), reader.ReadArray<int>()),
        TypeTag.Key => new KeyDataViewType(DataKinds.PrimitiveTypeOf((DataKind)reader.ReadByte()).RawType, reader.ReadUInt64()),
        TypeTag.Primitive => DataKinds.PrimitiveTypeOf((DataKind)reader.ReadByte()),
        TypeTag tag => throw new FormatException($"The model file has a column type of unknown tag {tag}."),
    };

    internal static void WriteSchema(this BinaryWriter writer, DataViewSchema schema)
    {
        writer.Write(schema.Count);
        foreach (DataViewSchema.Column column in schema)
        {
            writer.Write(column.Name);
            writer.WriteColumnType(column.Type);
            writer.Write(column.Annotations.Schema.Count);
            foreach (DataViewSchema.Column annotation in column.Annotations.Schema)
            {
                writer.Write(annotation.Name);
                writer.WriteColumnType(annotation.Type);
                Getters.Invoke<object>(WriteAnnotation<int>, annotation.Type.GetItemType().RawType, writer, column.Annotations, annotation);
            }
        }
    }

    internal static DataViewSchema ReadSchema(this BinaryReader reader)
    {
        var builder = new DataViewSchema.Builder();
        int count = reader.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            DataViewType type = reader.ReadColumnType();
            var annotations = new DataViewSchema.Annotations.Builder();
            int annotationCount = reader.ReadInt32();
            for (int j = 0; j < annotationCount; j++)
            {
                string kind = reader.ReadString();
                DataViewType annotationType = reader.ReadColumnType();
                Getters.Invoke<object>(ReadAnnotation<int>, annotationType.GetItemType().RawType, reader, annotations, kind, annotationType);
            }
            builder.AddColumn(name, type, annotations.ToAnnotations());
        }
        return builder.ToSchema();
    }

    private static object WriteAnnotation<TItem>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        if (annotation.Type is VectorDataViewType)
        {
            VBuffer<TItem> vector = default;
            annotations.GetGetter<VBuffer<TItem>>(annotation)(ref vector);
            writer.WriteVector(vector);
            return null;
        }
        TItem value = default;
        annotations.GetGetter<TItem>(annotation)(ref value);
        Codecs[typeof(TItem)].Write(writer, value);
        return null;
    }

    private static object ReadAnnotation<TItem>(BinaryReader reader, DataViewSchema.Annotations.Builder builder, string kind, DataViewType type)
    {
        if (type is VectorDataViewType)
        {
            VBuffer<TItem> vector = reader.ReadVector<TItem>();
            builder.Add(kind, type, (ref VBuffer<TItem> destination) => vector.CopyTo(ref destination));
        }
        else
        {
            var value = (TItem)Codecs[typeof(TItem)].Read(reader);
            builder.Add(kind, type, (ref TItem destination) => destination = value);
        }
        return null;
    }
}
