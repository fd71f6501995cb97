using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;
using static System.FormattableString;

namespace DogCat;

/// <summary>A picture as it enters a model, which looks at nothing but its pixels.</summary>
internal sealed class PictureRow
{
    public int Index { get; set; }
    public string Label { get; set; } = "";

    /// <summary>Of any size: nobody is held to the one that the attribute asks for.</summary>
    [ImageType(1, 1)]
    public MLImage? Image { get; set; }
}

/// <summary>A picture as trainers see it: its label for trainers of classes and of yes or no, and what its pixels came to.</summary>
internal sealed class Example
{
    public string Label { get; set; } = "";
    public bool IsDog { get; set; }
    public string Path { get; set; } = "";
    public float[] Features { get; set; } = [];
}

/// <summary>Pictures that could be read and their features, ready for any number of passes.</summary>
internal sealed record Examples(Picture[] Pictures, float[][] Features, IDataView Rows)
{
    /// <summary>What a model of classes says about each.</summary>
    public Judged[] JudgedBy(ITransformer model) =>
        [.. Pictures.Zip(model.Transform(Rows).GetColumn<float[]>("Score"), (picture, score) => new Judged(picture, score))];
}

/// <summary>From pixels to numbers that a linear model can use: the first half of every model.</summary>
internal static class Featurizing
{
    private const int PicturesAtOnce = 32;

    /// <summary>Where edges run, and in which direction, in 32 x 32 pixels: enough for drawn pictures, in no time.</summary>
    public static IEstimator<ITransformer> GradientHistograms(MLContext ml) =>
        ml.Transforms.ResizeImages("Image", DogCat.GradientHistograms.Side, DogCat.GradientHistograms.Side)
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Append(ml.Transforms.CustomMapping(new GradientHistograms().GetMapping(), DogCat.GradientHistograms.Contract));

    /// <summary>
    /// What ResNet18 (He et al. 2016), trained on a million other photographs, makes of 224 x 224 pixels: 512 numbers. It wants what
    /// ExtractPixels does by itself, planes of red, green and blue from 0 to 255; any other order gives worse features and no error.
    /// </summary>
    /// <remarks>
    /// <c>DnnFeaturizeImage</c> makes the same of the same files, on threads that are in each other's way where pictures are asked side by
    /// side.
    /// </remarks>
    public static IEstimator<ITransformer> ResNet18(MLContext ml) =>
        ml.Transforms.ResizeImages("Image", 224, 224)
            .Append(ml.Transforms.ExtractPixels("OriginalInput", "Image"))
            .Append(Network(ml, "ResNetPrepOnnx/ResNetPreprocess.onnx", "OriginalInput", "PreprocessedInput"))
            .Append(ml.Transforms.CopyColumns("Input247", "PreprocessedInput"))
            .Append(Network(ml, "ResNet18Onnx/ResNet18.onnx", "Input247", "Pooling395_Output_0"))
            // The same numbers as a plain vector, instead of a tensor of 1 x 512 x 1 x 1.
            .Append(ml.Transforms.Expression("Features", "x : x", "Pooling395_Output_0"));

    /// <summary>Computes the features of pictures once; what cannot be read is skipped and listed.</summary>
    /// <exception cref="UserException">No cat or no dog is left.</exception>
    public static Examples Examples(
        this MLContext ml, ITransformer featurizer, Picture[] pictures, List<SkippedFile> skipped, Action done,
            CancellationToken cancellation)
    {
        var features = ml.Ask(featurizer, "Features", pictures, skipped, done, cancellation);
        int[] usable = [.. Enumerable.Range(0, pictures.Length).Where(i => features[i] is not null)];
        foreach (var isDog in (bool[])[false, true])
        {
            var example = skipped.Count > 0 ? $" ('{skipped[^1].Path}': {skipped[^1].Reason})" : "";
            if (!usable.Any(i => pictures[i].IsDog == isDog))
                throw new UserException(
                    Invariant($"There is no usable picture of a {(isDog ? "dog" : "cat")} among {pictures.Length:N0}{example}; ")
                    + "both classes need some, for training and for testing.");
        }
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features[usable[0]]!.Length);
        var rows =
            usable.Select(
            i => new Example { Label = pictures[i].Label, IsDog = pictures[i].IsDog, Path = pictures[i].Name, Features = features[i]! });
        return new Examples(
            [.. usable.Select(i => pictures[i])], [.. usable.Select(i => features[i]!)],
            ml.Data.Cache(ml.Data.LoadFromEnumerable(rows.ToArray(), schema)));
    }

    /// <summary>
    /// What a model writes into a column for each picture, computed on all processors; null for pictures that cannot be read, which are
    /// listed.
    /// </summary>
    public static float[]?[] Ask(
        this MLContext ml, ITransformer model, string column, Picture[] pictures, List<SkippedFile> skipped, Action done,
            CancellationToken cancellation)
    {
        var answers = new float[]?[pictures.Length];
        var reasons = new string?[pictures.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(0, Math.Max(1, pictures.Length), PicturesAtOnce), parallel, part =>
        {
            var end = Math.Min(part.Item2, pictures.Length);
            try
            {
                AskFor(part.Item1, end);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                // One of them is none that the model can use: which one?
                for (var i = part.Item1; i < end; i++)
                    AskAlone(i);
            }
        });
        skipped.AddRange(pictures.Zip(reasons).Where(p => p.Second is not null).Select(p => new SkippedFile(p.First.Name, p.Second!)));
        return answers;

        void AskFor(int first, int end)
        {
            var asked = model.Transform(ml.Data.LoadFromEnumerable(Rows(first, end)));
            var answered = ml.Transforms.CopyColumns("Answer", column).Fit(asked).Transform(asked);
            foreach (var row in ml.Data.CreateEnumerable<AnswerRow>(answered, reuseRowObject: false))
                answers[row.Index] = row.Answer;
        }

        void AskAlone(int i)
        {
            try
            {
                AskFor(i, i + 1);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is not OutOfMemoryException)
            {
                (answers[i], reasons[i]) = (null, $"the model cannot use it ({exception.Message})");
            }
        }

        // Each picture is decoded when its row is asked for, and gone when the next one is.
        IEnumerable<PictureRow> Rows(int first, int end)
        {
            for (var i = first; i < end; i++)
            {
                using var image = Open(i);
                done();
                if (image is not null)
                    yield return new PictureRow { Index = i, Image = image };
            }
        }

        MLImage? Open(int i)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return pictures[i].Open();
            }
            catch (PictureException exception)
            {
                reasons[i] = exception.Message;
            }
            return null;
        }
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
        public int Index { get; set; }
        public float[] Answer { get; set; } = [];
    }
}
