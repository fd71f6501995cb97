#if NATIVE_BASELINES
using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using Microsoft.ML.Vision;
using PictureFiles;
using PictureFiles.Png;

namespace DogCat.Training;

/// <summary>
/// Transfer learning: a network that was trained on millions of other photographs looks at the pictures (the same pixels that the others' features are
/// computed from), and a softmax layer learns from what it sees. ML.NET fetches the network on first use.
/// </summary>
public sealed record ImageClassificationContender() : MulticlassContender(Contenders.ImageClassification, Create)
{
    public override bool TakesFeatures => false;

    protected override IEstimator<ITransformer> Pipeline(TrainerSetup setup) =>
        setup.Ml.Transforms.CustomMapping<PictureRow, FileBytesRow>(Encode, contractName: null)
            .Append(setup.Ml.Transforms.Conversion.MapValueToKey(nameof(PictureRow.Label)))
            .Append(Trainer(setup))
            .Append(setup.Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    protected override string? WhatIsMissing(Exception exception) => exception switch
    {
        DllNotFoundException => "TensorFlow's native library is not here; build with -p:WithTensorFlow=true to have the package SciSharp.TensorFlow.Redist (hundreds of megabytes)",
        // ML.NET has no exception of its own for this, and its message goes on with every try.
        InvalidOperationException when exception.Message.Contains("could not be downloaded", StringComparison.Ordinal) =>
            "its pretrained network, which ML.NET fetches on first use, could not be downloaded; is there a network?",
        _ => base.WhatIsMissing(exception),
    };

    private static ImageClassificationTrainer Create(TrainerSetup setup) =>
        setup.Ml.MulticlassClassification.Trainers.ImageClassification(nameof(PictureRow.Label), nameof(FileBytesRow.FileBytes));

    /// <summary>The trainer takes the bytes of picture files, and decodes them itself.</summary>
    private static void Encode(PictureRow row, FileBytesRow file) =>
        file.FileBytes = PngEncoder.Encode(new Picture(PictureFeatures.Side, PictureFeatures.Side, row.Pixels));
}
#endif
