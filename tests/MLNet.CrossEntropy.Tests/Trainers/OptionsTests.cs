using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class OptionsTests
{
    [Theory]
    [InlineData("softmax", "SoftmaxCrossEntropyTrainer")]
    [InlineData("sigmoid", "SigmoidCrossEntropyTrainer")]
    [InlineData("multi-label", "MultiLabelSigmoidCrossEntropyTrainer")]
    public void Every_problem_is_named_at_once(string trainer, string name)
    {
        var error = Assert.Throws<ArgumentException>(() => EveryTrainer.Create(trainer, new MLContext(), options =>
        {
            options.LabelColumnName = "";
            options.FeatureColumnName = null!;
            options.ExampleWeightColumnName = "";
            options.L2Regularization = -1;
            options.L1Regularization = float.NaN;
            options.NumberOfEpochs = 0;
            options.BatchSize = -5;
            options.LearningRate = 0;
            options.LabelSmoothing = -0.1;
            options.Solver = (Solver)7;
            options.NumberOfThreads = 0;
            options.Tolerance = double.PositiveInfinity;
        }));
        Assert.Equal(
            $"The options of {name} are not valid. "
            + "LabelColumnName is ''; it must be the name of a column. "
            + "FeatureColumnName is null; it must be the name of a column. "
            + "ExampleWeightColumnName is ''; it must be the name of a column, or null for none. "
            + "L2Regularization is -1; it must be finite and at least 0, or null to have it chosen. "
            + "L1Regularization is NaN; it must be finite and at least 0, or null to have it chosen. "
            + "LabelSmoothing is -0.1; it must be at least 0 and below 1. "
            + "Solver is 7; it must be one of Auto, Sgd, Saga, Newton. "
            + "NumberOfEpochs is 0; it must be at least 1, or null to have it chosen. "
            + "Tolerance is Infinity; it must be finite and at least 0, or null for the solver's own. "
            + "BatchSize is -5; it must be at least 1, or null to have it chosen. "
            + "LearningRate is 0; it must be finite and above 0, or null to have it chosen. "
            + "NumberOfThreads is 0; it must be at least 1, or null for one for each processor.",
            error.Message);
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_defaults_are_valid(string trainer) => EveryTrainer.Create(trainer, new MLContext(), options => options.Validate());

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_callers_options_are_neither_changed_nor_heeded_later(string trainer)
    {
        CrossEntropyTrainerOptions? callers = null;
        var ml = new MLContext(seed: 1);
        var data = LabelledRows.Gaussian(60, 3).View();
        var estimator = EveryTrainer.Create(trainer, ml, options =>
        {
            options.NumberOfEpochs = 3;
            callers = options;
        });
        var before = Describe(callers!);
        var first = EveryTrainer.Report(estimator.Fit(data));
        Assert.Equal(before, Describe(callers!));

        callers!.NumberOfEpochs = 7;
        callers.FeatureColumnName = "Nothing";
        Assert.Equal(3, first.History.Count);
        Assert.Equal(3, EveryTrainer.Report(estimator.Fit(data)).History.Count);
    }

    [Fact]
    public void The_short_overloads_share_the_defaults_of_the_options()
    {
        var parameters = typeof(CrossEntropyCatalog).GetMethods()
            .Where(method => method.Name is "SoftmaxCrossEntropy" or "SigmoidCrossEntropy" or "MultiLabelSigmoidCrossEntropy")
            .SelectMany(method => method.GetParameters())
            .Where(parameter => parameter.HasDefaultValue)
            .ToArray();
        Assert.Equal(15, parameters.Length);
        var defaults = new SoftmaxCrossEntropyTrainer.Options();
        Assert.All(parameters, parameter => Assert.Equal(
            typeof(CrossEntropyTrainerOptions)
                .GetProperty(parameter.Name!, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)!.GetValue(defaults),
            parameter.DefaultValue));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Label_smoothing_moves_the_mean_prediction_to_the_smoothed_prior(string trainer)
    {
        // At the optimum the gradient of the biases is 0: the mean prediction is the mean target, (1 - a) p + a/K.
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.View(ml);
        var prior = Dataset.BreastCancer.Examples.Average(example => example.IsSecond ? 1.0 : 0);
        foreach (var smoothing in (double[])[0, 0.2])
        {
            var scored = AllTrainers.Create(trainer, ml, options => options.LabelSmoothing = smoothing).Fit(data).Transform(data);
            double mean = trainer == "softmax"
                ? scored.GetColumn<float[]>("Score").Average(score => score[1])
                : scored.GetColumn<float>("Probability").Average();
            Assert.Equal((1 - smoothing) * prior + smoothing / 2, mean, 0.005);
        }
    }

    private static string Describe(CrossEntropyTrainerOptions options)
        => string.Join(", ", options.GetType().GetProperties().Select(property => $"{property.Name} = {property.GetValue(options)}"));
}
