using Microsoft.ML;

namespace MLNet.Host.Tests;

/// <summary>A user's own estimator, which reads all of its input and learns nothing.</summary>
internal sealed class ReadingEstimator(Action<IDataView>? onFit = null, bool refuses = false, Action<SchemaShape>? onShape = null) : IEstimator<IdentityTransformer>
{
    public int Fits { get; private set; }

    public IdentityTransformer Fit(IDataView input)
    {
        Fits++;
        onFit?.Invoke(input);
        return new IdentityTransformer();
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        onShape?.Invoke(inputSchema);
        return refuses ? throw new ArgumentOutOfRangeException(nameof(inputSchema), "refused") : inputSchema;
    }
}
