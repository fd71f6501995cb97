using Microsoft.ML;

namespace MLNet.CrossEntropy;

/// <summary>A calibrated model and how it was calibrated.</summary>
/// <param name="Transformer">
/// The model with the calibration folded into its weights: a native model like the one it was made from, which predicts at the same
/// cost, saves and loads. Where that stood in a chain, this is the chain with the one transformer replaced.
/// </param>
/// <param name="Report">How it was calibrated, and what came of it.</param>
public sealed record CalibratedModel(ITransformer Transformer, CalibrationReport Report);
