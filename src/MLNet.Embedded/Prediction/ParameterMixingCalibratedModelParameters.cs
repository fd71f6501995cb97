using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Calibrators;

/// <summary>The calibrated form of linear models. Extensions of ML.NET make it by this very name.</summary>
internal sealed class ParameterMixingCalibratedModelParameters<TSubModel, TCalibrator> : CalibratedModelParametersBase<TSubModel, TCalibrator>, IBinaryModel
    where TSubModel : class
    where TCalibrator : class, ICalibrator
{
    private readonly IBinaryModel _model;

    internal ParameterMixingCalibratedModelParameters(IHostEnvironment env, TSubModel predictor, TCalibrator calibrator)
        : base(predictor, calibrator)
    {
        ArgumentNullException.ThrowIfNull(env);
        _model = predictor as IBinaryModel
            ?? throw new NotSupportedException($"The embedded ML.NET host does not calibrate a {predictor.GetType()}.");
    }

    int IBinaryModel.FeatureCount => _model.FeatureCount;

    ICalibrator IBinaryModel.Calibrator => Calibrator;

    float IBinaryModel.Predict(in VBuffer<float> features) => _model.Predict(features);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (this is not ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator> logistic)
            throw new NotSupportedException($"The embedded ML.NET host cannot save a {GetType()}.");
        ctx.Begin(ModelKinds.Calibrated);
        ctx.SaveModel(logistic.SubModel, nameof(SubModel));
        ctx.SaveModel(logistic.Calibrator, nameof(Calibrator));
    }

    internal static ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator> Load(ModelLoadContext ctx)
        => new(ctx.Environment, ctx.LoadModel<LinearBinaryModelParameters>(nameof(SubModel)), ctx.LoadModel<PlattCalibrator>(nameof(Calibrator)));
}
