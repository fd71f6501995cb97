#if !MLNET_EMBEDDED
using System.Reflection;
using Microsoft.ML;
#endif

namespace DogCat;

/// <summary>Which ML.NET this program runs on.</summary>
public static class Host
{
#if MLNET_EMBEDDED
    public static string Description => "ML.NET host: embedded (this repository's stand-in; the package Microsoft.ML was not found when building)";
#else
    public static string Description => "ML.NET host: package Microsoft.ML "
        + typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
#endif
}
