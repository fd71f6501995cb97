using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>
/// Fits a correction of a linear model's logits to held-out rows and folds it into the weights:
/// <c>W_k -> a_k W_k, b_k -> a_k b_k + c_k</c>.
/// </summary>
internal static class LinearCalibration
{
    public static CalibratedModel Fit(
        IHostEnvironment environment,
        ITransformer model,
        IDataView data,
        string labelColumn,
        string? weightColumn,
        CalibrationMethod method,
        bool binary)
    {
        FoundModel found = FoundModel.In(model, nameof(model));
        if (found.Model.IsBinary != binary)
            throw CalibrationErrors.WrongTask(nameof(model), needsBinary: binary);
        if (found.Path.Following.Any(transformer => transformer is IPredictionTransformer<object> { Model: ICalibrator }))
            throw CalibrationErrors.CalibratedAlready(nameof(model));

        var names = ClassNames.OrNumbers(found.Model, found.ClassNames());
        using HostCancellation cancellation = new(environment);
        CalibrationRowReader read = CalibrationRowReader.Read(found, data, labelColumn, weightColumn, cancellation.Token);
        var fitted = Fit(model, read, method, names, binary);
        Warn(environment, fitted.Rows);
        var calibrated = Fold(found.Model, fitted.Scales, fitted.Offsets);
        ITransformer replacement = binary
            ? NativeModels.WithModel(
                environment,
                found.Transformer,
                NativeModels.LogisticRegression(environment, calibrated.Weights[0], calibrated.Biases[0]),
                fitted.Scales[0],
                fitted.Offsets[0])
            : NativeModels.WithModel(
                environment,
                found.Transformer,
                NativeModels.MaximumEntropy(
                    environment, [.. calibrated.Weights.SelectMany(row => row)], calibrated.Biases, found.ClassNames()));
        return fitted with { Transformer = found.Path.Replace(replacement) };
    }

    /// <summary>What calibrates the model, which is still as it was.</summary>
    private static CalibratedModel Fit(
        ITransformer model, CalibrationRowReader read, CalibrationMethod method, IReadOnlyList<string> names, bool binary)
    {
        var rows = read.Rows;
        var classes = rows.Classes;
        double[] scales, offsets;
        int iterations;
        double gradient;
        if (method == CalibrationMethod.Temperature)
        {
            (var scale, iterations, gradient) = TemperatureScaling.Fit(rows);
            (scales, offsets) = ([.. Enumerable.Repeat(scale, classes)], new double[classes]);
        }
        else
        {
            (scales, offsets, iterations, gradient) = VectorScaling.Fit(rows, binary ? ["negative", "positive"] : names);
        }

        (var logLossBefore, var errorBefore) = rows.Evaluate([.. Enumerable.Repeat(1.0, classes)], new double[classes]);
        (var logLossAfter, var errorAfter) = rows.Evaluate(scales, offsets);
        return new(model)
        {
            Method = method,
            ClassNames = names,

            // A binary model has no logit for the negative class, which is 0: what it gains, the positive one loses.
            Scales = binary ? [scales[1]] : scales,
            Offsets = binary ? [offsets[1] - offsets[0]] : offsets,
            LogLossBefore = logLossBefore,
            LogLossAfter = logLossAfter,
            CalibrationErrorBefore = errorBefore,
            CalibrationErrorAfter = errorAfter,
            Rows = read.Counts,
            Iterations = iterations,
            GradientNorm = Math.Abs(gradient),
        };
    }

    private static LinearModel Fold(LinearModel model, IReadOnlyList<double> scales, IReadOnlyList<double> offsets) => model with
    {
        Weights = [.. model.Weights.Select((row, k) => Array.ConvertAll(row, weight => (float)(scales[k] * weight)))],
        Biases = [.. model.Biases.Select((bias, k) => (float)(scales[k] * bias + offsets[k]))],
    };

    private static void Warn(IHostEnvironment environment, RowCounts rows)
    {
        if (rows.Used + rows.ZeroWeight == rows.Total)
            return;
        using var channel = environment.Start("Calibrate");
        channel.Warning(MessageSensitivity.None, $"Not all rows could be calibrated on. {rows}.");
    }
}
