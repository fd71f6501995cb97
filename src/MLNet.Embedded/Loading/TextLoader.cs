using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads text files of separated fields; nothing but a header is read before a cursor asks.</summary>
public sealed partial class TextLoader : IDataLoader<IMultiStreamSource>
{
    private readonly IHost _host;
    private readonly TextFormat _format;
    private readonly TextColumn[] _columns;

    internal TextLoader(IHostEnvironment env, Options options, IMultiStreamSource dataSample)
    {
        options ??= new Options();
        if (options.Columns == null || options.Columns.Length == 0)
            throw new NotSupportedException("The embedded ML.NET host does not guess the columns of a text file: give TextLoader.Options.Columns.");
        if (!string.IsNullOrWhiteSpace(options.HeaderFile))
            throw new NotSupportedException("The embedded ML.NET host does not read a separate header file.");
        _host = env.Register(nameof(TextLoader));
        _format = new TextFormat(options);
        _columns = TextColumn.Bind(options.Columns, _format, dataSample);
    }

    public IDataView Load(IMultiStreamSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TextDataView(_host, _format, _columns, source);
    }

    public DataViewSchema GetOutputSchema() => TextColumn.ToSchema(_columns);

    void ICanSaveModel.Save(ModelSaveContext ctx)
        => throw new NotSupportedException("The embedded ML.NET host saves models with their input schema, not with a loader.");

    /// <summary>The columns that a class's members declare by <see cref="LoadColumnAttribute"/>.</summary>
    internal static Column[] ColumnsOf(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;
        IEnumerable<MemberInfo> readable = type.GetProperties(Public).Where(property => property.GetGetMethod() != null && property.GetIndexParameters().Length == 0);
        MemberInfo[] members = [.. type.GetFields(Public), .. readable];
        if (members.Length == 0)
            throw new ArgumentOutOfRangeException(nameof(type), $"{type} should define at least one public, readable field or property.");
        return Array.ConvertAll(members, ColumnOf);
    }

    private static Column ColumnOf(MemberInfo member)
    {
        LoadColumnAttribute load = member.GetCustomAttribute<LoadColumnAttribute>()
            ?? throw new InvalidOperationException($"{member.MemberType} '{member.Name}' is missing the LoadColumnAttribute attribute");
        return new Column(
            member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name,
            DataKinds.KindOf(MemberType.Of(member).ItemType.RawType),
            load.Sources,
            member.GetCustomAttribute<KeyTypeAttribute>()?.KeyCount);
    }
}
