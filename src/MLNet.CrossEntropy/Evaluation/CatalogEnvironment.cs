using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.CrossEntropy;

/// <summary>The environment behind a catalog, which ML.NET keeps to itself.</summary>
internal static class CatalogEnvironment
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Environment")]
    public static extern IHostEnvironment Of(TrainCatalogBase catalog);
}
