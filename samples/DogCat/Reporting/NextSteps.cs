using DogCat.Commands;

namespace DogCat.Reporting;

/// <summary>What to try next, given what was just tried.</summary>
internal static class NextSteps
{
    private const string Program = "dotnet run -c Release --project samples/DogCat --";

    public static IEnumerable<string> For(TrainOptions options)
    {
        var images = options.Data.Images is { } folder ? $" --images {folder}" : "";
        if (options.Contenders.Count == 1)
            yield return $"{Program} compare{images}    # beside ML.NET's own trainers";
        if (!options.Ablation)
            yield return $"{Program} train{images} --ablation    # what each family of features brings";
        yield return options.Save is { } model
            ? $"{Program} predict {model} PICTURE...    # what does it say about a picture of yours?"
            : $"{Program} train{images} --save model.zip    # keep the model, then: predict, evaluate";
        if (options.Data.Images is null)
            yield return $"{Program} draw drawn    # look at the pictures; photographs of your own: --images DIR";
    }
}
