using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Where a transformer stands in a chain that may hold further chains: the way to it from the outermost.</summary>
internal sealed class TransformerPath
{
    private readonly Step[] _steps;

    private TransformerPath(ITransformer transformer, Step[] steps)
    {
        Transformer = transformer;
        _steps = steps;
    }

    /// <summary>The transformer itself, which is no chain.</summary>
    public ITransformer Transformer { get; }

    /// <summary>The transformers that come after it.</summary>
    public IEnumerable<ITransformer> Following => _steps.SelectMany(step => step.Parts.Skip(step.Index + 1)).SelectMany(Leaves).Select(path => path.Transformer);

    /// <summary>All transformers in <paramref name="transformer"/> that are no chains, in order.</summary>
    public static IEnumerable<TransformerPath> Leaves(ITransformer transformer) => Leaves(transformer, []);

    /// <summary>What the transformers before it make of <paramref name="data"/>: those that are for testing, which the label may need.</summary>
    public IDataView Before(IDataView data)
    {
        foreach (var step in _steps)
        {
            for (var i = 0; i < step.Index; i++)
            {
                if ((step.Scopes[i] & TransformerScope.Testing) != TransformerScope.None)
                    data = step.Parts[i].Transform(data);
            }
        }
        return data;
    }

    /// <summary>The outermost chain with <paramref name="replacement"/> in the transformer's place; the other transformers are shared.</summary>
    public ITransformer Replace(ITransformer replacement)
        => _steps.Reverse().Aggregate(replacement, (inner, step) => step.With(inner));

    private static IEnumerable<TransformerPath> Leaves(ITransformer transformer, Step[] steps)
    {
        if (transformer is not IEnumerable<ITransformer> chain)
            return [new TransformerPath(transformer, steps)];
        ITransformer[] parts = [.. chain];
        var scopes = NativeModels.ScopesOf(transformer);
        return parts.SelectMany((part, i) => Leaves(part, [.. steps, new Step(transformer.GetType(), parts, scopes, i)]));
    }

    /// <summary>One chain on the way, of a certain type, and which of its parts comes next.</summary>
    private sealed record Step(Type Type, ITransformer[] Parts, TransformerScope[] Scopes, int Index)
    {
        /// <summary>A chain of the same type where the last transformer's still allows it.</summary>
        public ITransformer With(ITransformer part)
        {
            ITransformer[] parts = [.. Parts];
            parts[Index] = part;
            return Type.GenericTypeArguments is [{ } last] && last.IsInstanceOfType(parts[^1])
                ? (ITransformer)Activator.CreateInstance(Type, parts.AsEnumerable(), Scopes.AsEnumerable())!
                : new TransformerChain<ITransformer>(parts, Scopes);
        }
    }
}
