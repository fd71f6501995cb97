using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>The kinds of parts in an embedded model file, and how each is read back. One line for each class that saves itself.</summary>
internal static class ModelKinds
{
    internal const string Chain = "TransformerChain";

    private static readonly Dictionary<string, Func<ModelLoadContext, object>> Loaders = new()
    {
        [Chain] = LoadChain,
    };

    internal static Func<ModelLoadContext, object> Loader(string kind) => Loaders.TryGetValue(kind, out Func<ModelLoadContext, object> loader)
        ? loader
        : throw new FormatException($"The model file has a part of kind '{kind}', which this embedded ML.NET host cannot load; it can load: {string.Join(", ", Loaders.Keys)}.");

    private static TransformerChain<ITransformer> LoadChain(ModelLoadContext context)
    {
        var transformers = new ITransformer[context.Reader.ReadInt32()];
        var scopes = new TransformerScope[transformers.Length];
        for (int i = 0; i < transformers.Length; i++)
        {
            scopes[i] = (TransformerScope)context.Reader.ReadInt32();
            transformers[i] = context.LoadModel<ITransformer>($"Transform_{i:000}");
        }
        return new TransformerChain<ITransformer>(transformers, scopes);
    }
}
