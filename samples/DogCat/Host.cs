using System.Reflection;
using Microsoft.ML;

namespace DogCat;

/// <summary>Which ML.NET this program runs on.</summary>
public static class Host
{
    public static string Description => "ML.NET host: package Microsoft.ML "
        + typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
}
