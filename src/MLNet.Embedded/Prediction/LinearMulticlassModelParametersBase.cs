using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>scores = W x + b, one weight vector and one bias for each class.</summary>
public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IMulticlassModel
{
    public readonly ModelStatisticsBase Statistics;

    private readonly int _featureCount;
    private readonly VBuffer<float>[] _weights;
    private readonly float[][] _denseWeights;
    private readonly float[] _biases;
    private readonly string[] _labelNames;

    private protected LinearMulticlassModelParametersBase(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int numClasses, int numFeatures, string[] labelNames, ModelStatisticsBase stats)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(bias);
        Check.Param(numClasses >= 2, nameof(numClasses), numClasses, "must be at least 2");
        Check.Param(numFeatures >= 1, nameof(numFeatures), numFeatures, "must be positive");
        Check.Param(weights.Length == numClasses, nameof(weights), weights.Length, $"must be one for each of {numClasses} classes");
        Check.Param(bias.Length == numClasses, nameof(bias), bias.Length, $"must be one for each of {numClasses} classes");
        _featureCount = numFeatures;
        _weights = new VBuffer<float>[numClasses];
        for (int i = 0; i < numClasses; i++)
            weights[i].CopyTo(ref _weights[i]);
        _denseWeights = Array.ConvertAll(_weights, vector => vector.DenseValues().ToArray());
        _biases = [.. bias];
        _labelNames = labelNames;
        Statistics = stats;
    }

    private protected LinearMulticlassModelParametersBase(ModelLoadContext ctx, int numClasses)
        : this(
            ctx.Environment,
            ReadWeights(ctx.Reader, numClasses),
            ctx.Reader.ReadArray<float>(),
            numClasses,
            ctx.Reader.ReadInt32(),
            ctx.Reader.ReadBoolean() ? Array.ConvertAll(ctx.Reader.ReadArray<ReadOnlyMemory<char>>(), name => name.ToString()) : null,
            ModelStatisticsBase.LoadBelow(ctx))
    {
    }

    int IMulticlassModel.FeatureCount => _featureCount;

    int IMulticlassModel.ClassCount => _biases.Length;

    private protected abstract string Kind { get; }

    /// <summary>Copies the weight vector of each class into <paramref name="weights"/>, made longer where it is too short.</summary>
    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
    {
        numClasses = _weights.Length;
        if (weights == null || weights.Length < numClasses)
            Array.Resize(ref weights, numClasses);
        for (int i = 0; i < numClasses; i++)
            _weights[i].CopyTo(ref weights[i]);
    }

    public IEnumerable<float> GetBiases() => _biases;

    void IMulticlassModel.Predict(in VBuffer<float> features, Span<float> scores)
    {
        if (features.Length != _featureCount)
            throw new InvalidOperationException($"The model takes {_featureCount} features, but a row has {features.Length}.");
        for (int i = 0; i < scores.Length; i++)
            scores[i] = _biases[i] + VectorKernels.Dot(features, _denseWeights[i]);
        Calibrate(scores);
    }

    /// <summary>Makes the final scores of w x + b, in place.</summary>
    private protected abstract void Calibrate(Span<float> scores);

    private protected override void Save(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(Kind);
        writer.Write(_weights.Length);
        foreach (VBuffer<float> vector in _weights)
            writer.WriteVector(vector);
        writer.WriteArray<float>(_biases);
        writer.Write(_featureCount);
        writer.Write(_labelNames != null);
        if (_labelNames != null)
            writer.WriteArray<ReadOnlyMemory<char>>(Array.ConvertAll(_labelNames, name => name.AsMemory()));
        ModelStatisticsBase.SaveBelow(ctx, writer, Statistics);
    }

    private static VBuffer<float>[] ReadWeights(BinaryReader reader, int numClasses)
    {
        var weights = new VBuffer<float>[numClasses];
        for (int i = 0; i < numClasses; i++)
            weights[i] = reader.ReadVector<float>();
        return weights;
    }
}
