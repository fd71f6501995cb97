using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The assemblies where model loading may look for a user's own components.</summary>
public sealed class ComponentCatalog
{
    private readonly List<Assembly> _assemblies = [];

    internal ComponentCatalog()
    {
    }

    internal IEnumerable<Type> RegisteredTypes
    {
        get
        {
            lock (_assemblies)
                return _assemblies.SelectMany(assembly => assembly.GetTypes()).ToArray();
        }
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (_assemblies)
        {
            if (!_assemblies.Contains(assembly))
                _assemblies.Add(assembly);
        }
    }
}
