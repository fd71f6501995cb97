using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using CalibratedModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace MLNet.Host.Tests.Shared;

/// <summary>ML.NET's own models made of given weights, through the internal constructors that extensions rely on.</summary>
internal static class NativeModels
{
    public static MulticlassPredictionTransformer<MaximumEntropyModelParameters> Multiclass(
        MLContext ml, DataViewSchema schema, float[][] weights, float[] biases)
    {
        var vectors = Array.ConvertAll(weights, row => new VBuffer<float>(row.Length, row));
        var model = NewMaximumEntropy(ml, vectors, biases, biases.Length, weights[0].Length, null, null);
        return Of<MaximumEntropyModelParameters>.NewMulticlass(ml, model, schema, "Features", "Label", "Score", "PredictedLabel");
    }

    public static BinaryPredictionTransformer<CalibratedModel> Binary(MLContext ml, DataViewSchema schema, float[] weights, float bias)
        => Of<CalibratedModel>.NewBinary(ml, Calibrated(ml, weights, bias), schema, "Features", 0, "Score");

    private static CalibratedModel Calibrated(MLContext ml, float[] weights, float bias)
    {
        var vector = new VBuffer<float>(weights.Length, weights);
        var open = typeof(PlattCalibrator).Assembly.GetType("Microsoft.ML.Calibrators.ParameterMixingCalibratedModelParameters`2", throwOnError: true)!;
        var closed = open.MakeGenericType(typeof(LinearBinaryModelParameters), typeof(PlattCalibrator));
        object[] arguments = [ml, NewLinearBinary(ml, in vector, bias, null), NewPlatt(ml, -1, 0)];
        return (CalibratedModel)Activator.CreateInstance(closed, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern MaximumEntropyModelParameters NewMaximumEntropy(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int classes, int features, string[]? labelNames, ModelStatisticsBase? statistics);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearBinaryModelParameters NewLinearBinary(
        IHostEnvironment env, in VBuffer<float> weights, float bias, ModelStatisticsBase? statistics);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern PlattCalibrator NewPlatt(IHostEnvironment env, double slope, double offset);

    private static class Of<T>
        where T : class
    {
        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern MulticlassPredictionTransformer<T> NewMulticlass(
            IHostEnvironment env, T model, DataViewSchema schema, string featureColumn, string labelColumn, string scoreColumn, string predictedLabel);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern BinaryPredictionTransformer<T> NewBinary(
            IHostEnvironment env, T model, DataViewSchema schema, string featureColumn, float threshold, string thresholdColumn);
    }
}
