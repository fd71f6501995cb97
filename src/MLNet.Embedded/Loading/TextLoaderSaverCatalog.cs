using Microsoft.ML.Data;

namespace Microsoft.ML;

public static class TextLoaderSaverCatalog
{
    public static TextLoader CreateTextLoader(this DataOperationsCatalog catalog, TextLoader.Options options, IMultiStreamSource dataSample = null)
        => new(catalog.GetEnvironment(), options, dataSample);

    public static IDataView LoadFromTextFile(
        this DataOperationsCatalog catalog,
        string path,
        TextLoader.Column[] columns,
        char separatorChar = '\t',
        bool hasHeader = false,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
    {
        CheckExists(path);
        var options = new TextLoader.Options
        {
            Columns = columns,
            Separators = [separatorChar],
            HasHeader = hasHeader,
            AllowQuoting = allowQuoting,
            TrimWhitespace = trimWhitespace,
            AllowSparse = allowSparse,
        };
        return new TextLoader(catalog.GetEnvironment(), options, dataSample: null).Load(new MultiFileSource(path));
    }

    /// <summary>The only overload that looks into the file at once: for slot names from its header, and for the end of open ranges.</summary>
    public static IDataView LoadFromTextFile(this DataOperationsCatalog catalog, string path, TextLoader.Options options = null)
    {
        CheckExists(path);
        var source = new MultiFileSource(path);
        return new TextLoader(catalog.GetEnvironment(), options, source).Load(source);
    }

    public static IDataView LoadFromTextFile<TInput>(
        this DataOperationsCatalog catalog,
        string path,
        char separatorChar = '\t',
        bool hasHeader = false,
        bool allowQuoting = false,
        bool trimWhitespace = false,
        bool allowSparse = false)
        => catalog.LoadFromTextFile(path, TextLoader.ColumnsOf(typeof(TInput)), separatorChar, hasHeader, allowQuoting, trimWhitespace, allowSparse);

    public static IDataView LoadFromTextFile<TInput>(this DataOperationsCatalog catalog, string path, TextLoader.Options options)
    {
        CheckExists(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Columns = TextLoader.ColumnsOf(typeof(TInput));
        return new TextLoader(catalog.GetEnvironment(), options, dataSample: null).Load(new MultiFileSource(path));
    }

    private static void CheckExists(string path)
    {
        Check.NonEmpty(path);
        if (!File.Exists(path))
            throw new ArgumentOutOfRangeException(nameof(path), $"File or directory does not exist at path: {path}");
    }
}
