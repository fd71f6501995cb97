using System.Reflection;
using Microsoft.ML;

namespace DogCat;

/// <summary>Which ML.NET this program runs on.</summary>
public static class Host
{
    public static string Description
    {
        get
        {
#if MLNET_EMBEDDED
            return "ML.NET host: embedded (this repository's stand-in, because the package Microsoft.ML was not found when building)";
#else
            string? version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            return $"ML.NET host: package Microsoft.ML {version?.Split('+')[0]}";
#endif
        }
    }
}
