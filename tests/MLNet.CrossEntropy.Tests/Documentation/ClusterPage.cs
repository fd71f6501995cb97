using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class ClusterPage() : DocumentationPage("docs/cluster.md")
{
    private void Fit()
    {
        var (ml, all, _, _) = Load();
        // begin
        using var cluster = MpiCluster.Join();
        var data = cluster.Share(all);
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            Cluster = cluster,
        }).Fit(data);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(data), new MulticlassEvaluationOptions
        {
            LabelColumnName = "ClassIndex",
            Cluster = cluster,
        });
        if (cluster.Rank == 0)
            Console.WriteLine($"{cluster.Size} ranks, {TrainingReport.Of(model)!.Rows.Used} rows, log-loss {metrics.LogLoss:0.000} nats");
        // end
    }
}
