using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class OptionsPage() : DocumentationPage("docs/options.md")
{
    private void Wrong()
    {
        // begin
        var options = new SoftmaxCrossEntropyTrainer.Options { L1Regularization = -1, BatchSize = 0 };
        try
        {
            options.Validate();
        }
        catch (ArgumentException problem)
        {
            Console.WriteLine(problem.Message);
        }
        // end
    }

    private void Penalty()
    {
        var (ml, _, train, _) = Load();
        // begin
        SoftmaxCrossEntropyTrainer.Options options = new() { LabelColumnName = "ClassIndex", Solver = Solver.Newton };
        var byDefault = TrainingReport.Of(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train))!;
        Console.WriteLine($"{byDefault.Rows.Used} rows, l2 {byDefault.L2Regularization:0.0000}");
        // end
    }

    private void Threads()
    {
        var (ml, _, train, _) = Load();
        // begin
        float Bias(int threads) => ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = "IsVirginica",
            Seed = 1,
            NumberOfThreads = threads,
        }).Fit(train).Model.SubModel.Bias;
        Console.WriteLine($"the same bits on 1 and 4 threads: {Bias(1) == Bias(4)}");
        // end
    }
}
