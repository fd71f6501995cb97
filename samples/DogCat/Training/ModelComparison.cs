using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>Which of several models is better, and how sure is that?</summary>
public static class ModelComparison
{
    /// <summary>Compares all with the first, on the test pictures; null where there is no other.</summary>
    public static CrossEntropyComparison? Of(MLContext ml, IReadOnlyList<Result> results, PictureSet test) => results.Count < 2 ? null
        : ml.MulticlassClassification.CompareCrossEntropy(
            results.ToDictionary(r => r.Name, r => Forecasts(ml, r, test)),
            new ComparisonOptions { Seed = 1 },
            new MulticlassEvaluationOptions { ClassNames = ["cat", "dog"], ScoreKind = ScoreKind.Probabilities });

    // Models of classes and models of yes or no write different columns; probabilities of cat and dog they all have.
    private static IDataView Forecasts(MLContext ml, Result result, PictureSet test) => ml.Data.LoadFromEnumerable(
        test.Items.Zip(result.ProbabilityOfDog, (item, p) => new ForecastRow { Label = item.Label, Score = [(float)(1 - p), (float)p] }).ToArray());
}
