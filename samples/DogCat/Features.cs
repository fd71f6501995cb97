using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace DogCat;

/// <summary>A picture as it enters a model, which looks at nothing but its pixels.</summary>
internal sealed class PictureRow
{
    public string Label { get; set; } = "";

    /// <summary>Of any size: nobody is held to the one that the attribute asks for.</summary>
    [ImageType(1, 1)]
    public MLImage? Image { get; set; }
}

/// <summary>A picture as trainers and evaluators see it: its label in three forms, and what a model made of its pixels.</summary>
internal sealed class Example
{
    public string Path { get; set; } = "";
    public string Label { get; set; } = "";
    public bool IsDog { get; set; }
    public string Fingerprint { get; set; } = "";

    /// <summary>How sure the label is, as shares of cat and dog; NaN, a missing label, where nobody knows.</summary>
    [VectorType(2)]
    public float[] SoftTarget { get; set; } = [];

    /// <summary>The column has the name of the model's: Features or Score.</summary>
    public float[] Values { get; set; } = [];
}

/// <summary>Pictures that could be read and a row for each, ready for any number of passes.</summary>
internal sealed record Examples(Picture[] Pictures, IDataView Rows)
{
    /// <summary>The pictures with a model's scores: its output for these rows, or what <see cref="Rows"/> have themselves.</summary>
    public ScoredPicture[] ScoredPictures(IDataView? scored = null) =>
        [.. Pictures.Zip((scored ?? Rows).GetColumn<float[]>("Score"), (picture, score) => new ScoredPicture(picture, score))];
}

/// <summary>From pixels to numbers that a linear model can use: the first half of every model.</summary>
internal static class Featurizing
{
    /// <summary>Where edges run, and in which direction, in 32 x 32 pixels: enough for drawn pictures, in no time.</summary>
    public static IEstimator<ITransformer> GradientHistograms(MLContext ml) =>
        ml.Transforms.ResizeImages("Image", DogCat.GradientHistograms.Side, DogCat.GradientHistograms.Side)
            .Append(ml.Transforms.ConvertToGrayscale("Image"))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.Red))
            .Append(ml.Transforms.CustomMapping(new GradientHistograms().GetMapping(), DogCat.GradientHistograms.Contract))
            .Append(ml.Transforms.NormalizeLpNorm("Features"));

    /// <summary>
    /// What ResNet18 (He et al. 2016), trained on a million other photographs, makes of 224 x 224 pixels: 512 numbers. It wants what
    /// ExtractPixels does by itself, planes of red, green and blue from 0 to 255; any other order gives worse features and no error.
    /// </summary>
    /// <remarks><c>DnnFeaturizeImage</c> makes the same, on threads that hinder each other where pictures are asked side by side.</remarks>
    public static IEstimator<ITransformer> ResNet18(MLContext ml) =>
        ml.Transforms.ResizeImages("Image", 224, 224)
            .Append(ml.Transforms.ExtractPixels("OriginalInput", "Image"))
            .Append(Network(ml, "ResNetPrepOnnx/ResNetPreprocess.onnx", "OriginalInput", "PreprocessedInput"))
            .Append(ml.Transforms.CopyColumns("Input247", "PreprocessedInput"))
            .Append(Network(ml, "ResNet18Onnx/ResNet18.onnx", "Input247", "Pooling395_Output_0"))
            // The same numbers as a plain vector, instead of a tensor of 1 x 512 x 1 x 1.
            .Append(ml.Transforms.Expression("Features", "x : x", "Pooling395_Output_0"));

    /// <summary>No pictures: enough to fit a featurizer, which learns nothing, and to ask for a model's columns.</summary>
    public static IDataView NoPictures(this MLContext ml) => ml.Data.LoadFromEnumerable<PictureRow>([]);

    /// <summary>Computes the features of pictures once; what cannot be read is skipped and listed.</summary>
    /// <exception cref="UserException">No cat or no dog is left.</exception>
    public static Examples Featurize(
        this MLContext ml, ITransformer model, Picture[] pictures, List<SkippedFile> skipped, Action done, CancellationToken cancellation)
    {
        var examples = ml.Ask(model, "Features", pictures, skipped, done, cancellation);
        var example = skipped.Count > 0 ? $" ('{skipped[^1].Path}': {skipped[^1].Reason})" : "";
        return ((string[])["cat", "dog"]).FirstOrDefault(label => !examples.Pictures.Any(p => p.Label == label)) is { } missing
            ? throw new UserException(Invariant($"There is no usable picture of a {missing} among {pictures.Length:N0}{example}; ")
                + "both classes need some, for training and for testing.")
            : examples;
    }

    /// <summary>
    /// What a model writes into a column for each picture, on all processors. Pictures that cannot be read, or that the model cannot use,
    /// are skipped and listed.
    /// </summary>
    public static Examples Ask(this MLContext ml, ITransformer model, string column, Picture[] pictures, List<SkippedFile> skipped,
        Action done, CancellationToken cancellation)
    {
        var rows = new Example?[pictures.Length];
        var reasons = new string?[pictures.Length];
        var output = model.GetOutputSchema(ml.NoPictures().Schema)[column];
        var answering = model.Append(ml.Transforms.CopyColumns("Answer", column).Fit(model.Transform(ml.NoPictures())));
        // Engines hold nothing of their own: the model is the caller's to dispose of.
        var engines = new PredictionEngineOptions { OwnsTransformer = false };
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        // Contexts of their own: how many threads there are must not move the seeds that trainers draw from the caller's.
        Parallel.For(0, pictures.Length, parallel,
            () => new MLContext(seed: 1).Model.CreatePredictionEngine<PictureRow, AnswerRow>(answering, engines), (i, _, engine) =>
            {
                var picture = pictures[i];
                try
                {
                    using var image = picture.Open();
                    rows[i] = new Example
                    {
                        Path = picture.Name,
                        Label = picture.Label,
                        IsDog = picture.IsDog,
                        Fingerprint = Picture.Fingerprint(image),
                        SoftTarget = SoftLabels.Shares(picture.ProbabilityOfDog ?? double.NaN),
                        Values = engine.Predict(new PictureRow { Image = image }).Answer,
                    };
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    reasons[i] = exception is UserException ? exception.Message : $"the model cannot use it ({exception.Message})";
                }
                done();
                return engine;
            }, _ => { });
        skipped.AddRange(pictures.Zip(reasons).Where(p => p.Second is not null).Select(p => new SkippedFile(p.First.Name, p.Second!)));

        var schema = SchemaDefinition.Create(typeof(Example));
        (schema[nameof(Example.Values)].ColumnName, schema[nameof(Example.Values)].ColumnType) = (column, output.Type);
        return new Examples(
            [.. pictures.Where((_, i) => rows[i] is not null)], ml.Data.LoadFromEnumerable(rows.OfType<Example>().ToArray(), schema));
    }

    /// <summary>A network of the package Microsoft.ML.DnnImageFeaturizer.ResNet18, its weights beside the program.</summary>
    private static OnnxScoringEstimator Network(MLContext ml, string file, string input, string output) =>
        ml.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", file),
            InputColumns = [input],
            OutputColumns = [output],
            IntraOpNumThreads = 1,
        });

    private sealed class AnswerRow
    {
        public float[] Answer { get; set; } = [];
    }
}
