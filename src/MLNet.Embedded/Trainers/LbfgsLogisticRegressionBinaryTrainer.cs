using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using CalibratedModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace Microsoft.ML.Trainers;

/// <summary>Logistic regression: sigmoid(w x + b).</summary>
public sealed class LbfgsLogisticRegressionBinaryTrainer : LbfgsTrainerBase<
    LbfgsLogisticRegressionBinaryTrainer.Options, BinaryPredictionTransformer<CalibratedModel>, CalibratedModel>
{
    internal LbfgsLogisticRegressionBinaryTrainer(IHostEnvironment env, Options options)
        : base(env, options, BooleanDataViewType.Instance, isLabelKey: false)
    {
    }

    /// <summary>Goes on from a model already trained.</summary>
    public BinaryPredictionTransformer<CalibratedModel> Fit(IDataView trainData, LinearModelParameters modelParameters) => Train(trainData, modelParameters);

    private protected override int ScoreCount(DataViewSchema schema) => 1;

    private protected override double[] InitialParameters(object initialModel)
    {
        var model = (LinearModelParameters)initialModel;
        return [model.Bias, .. model.Weights];
    }

    private protected override CalibratedModel MakeModel(LbfgsFit fit, DataViewSchema schema)
    {
        var weights = new VBuffer<float>(fit.Rows.FeatureCount, fit.Parameters[1..]);
        ModelStatisticsBase statistics = Settings.ShowTrainingStatistics ? MakeStatistics(fit, NullDeviance(fit)) : null;
        // The logistic function itself: no calibration is to be learnt.
        return new ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>(
            Host, new LinearBinaryModelParameters(Host, weights, fit.Parameters[0], statistics), new PlattCalibrator(Host, -1, 0));
    }

    private protected override BinaryPredictionTransformer<CalibratedModel> MakeTransformer(CalibratedModel model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumns(SchemaShape inputSchema)
    {
        const SchemaShape.Column.VectorKind scalar = SchemaShape.Column.VectorKind.Scalar;
        return
        [
            new("Score", scalar, NumberDataViewType.Single, false, new SchemaShape(ScoreAnnotationShapes())),
            new("Probability", scalar, NumberDataViewType.Single, false, new SchemaShape([.. ScoreAnnotationShapes(), SchemaShapes.IsNormalized])),
            new("PredictedLabel", scalar, BooleanDataViewType.Instance, false, new SchemaShape(ScoreAnnotationShapes())),
        ];
    }

    private static double NullDeviance(LbfgsFit fit)
    {
        double positive = 0;
        for (int i = 0; i < fit.Rows.Count; i++)
            positive += fit.Rows.Label(i) > 0 ? fit.Rows.Weight(i) : 0;
        double p = positive / fit.Rows.WeightSum;
        return p is 0 or 1 ? 0 : -2 * fit.Rows.WeightSum * (p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
    }

    public sealed class Options : OptionsBase
    {
        public bool ShowTrainingStatistics;
    }
}
