using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>How extension methods on a catalog reach its environment.</summary>
internal interface IInternalCatalog
{
    IHostEnvironment Environment { get; }
}
