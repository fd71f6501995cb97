using System.Reflection;

namespace Microsoft.ML.Transforms;

/// <summary>A custom mapping factory whatever its row types.</summary>
internal interface ICustomMappingFactory
{
    ITransformer CreateTransformer(string contractName);

    /// <summary>Makes the mapping that a model file names, from the assembly it names or from a registered one.</summary>
    static ITransformer Load(ModelLoadContext ctx)
    {
        string contractName = ctx.Reader.ReadString();
        ctx.Environment.ComponentCatalog.RegisterAssembly(Assembly.Load(ctx.Reader.ReadString()));
        Type factory = ctx.Environment.ComponentCatalog.RegisteredTypes
            .FirstOrDefault(type => type.GetCustomAttribute<CustomMappingFactoryAttributeAttribute>()?.ContractName == contractName)
            ?? throw new InvalidOperationException(
                $"The model has a custom mapping of contract name '{contractName}', but no registered assembly has a class marked [CustomMappingFactoryAttribute(\"{contractName}\")].");
        return Activator.CreateInstance(factory) is ICustomMappingFactory made
            ? made.CreateTransformer(contractName)
            : throw new InvalidOperationException($"The class with contract '{contractName}' must derive from '{typeof(CustomMappingFactory<,>).FullName}'.");
    }
}
