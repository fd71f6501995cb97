using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal static class CatalogUtils
{
    internal static IHostEnvironment GetEnvironment(this IInternalCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.Environment;
    }
}
