using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class EntropyPage() : DocumentationPage("docs/entropy-to-cross-entropy.md")
{
    private void Entropy()
    {
        // begin
        foreach (var p in new[] { 0.5, 0.01 })
            Console.WriteLine($"p = {p:0.00}: surprise {Math.Log(1 / p):0.000} nats, {Math.Log2(1 / p):0.000} bits");
        double[][] weather = [[0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1], [1, 0, 0, 0]];
        foreach (var p in weather)
            Console.WriteLine($"entropy {InformationTheory.Entropy<double>(p, inBits: true):0.000} bits, as {InformationTheory.Perplexity<double>(p):0.00} equal choices");
        // end
    }

    private void CrossEntropy()
    {
        // begin
        double[] p = [0.7, 0.2, 0.1], q = [0.5, 0.3, 0.2];
        var h = InformationTheory.Entropy<double>(p);
        var kl = InformationTheory.KullbackLeibler(new Target<double>(p), new Prediction<double>(q));
        var ce = InformationTheory.CrossEntropy(new Target<double>(p), new Prediction<double>(q));
        var swapped = InformationTheory.CrossEntropy(new Target<double>(q), new Prediction<double>(p));
        Console.WriteLine($"H(P) {h:0.0000} + KL(P||Q) {kl:0.0000} = H(P,Q) {ce:0.0000}, but H(Q,P) {swapped:0.0000}");
        // end
        Assert.Equal(h + kl, ce, 1e-12);
    }

    private void Softmax()
    {
        // begin
        double[] logits = [2, 0.5, -1], q = new double[3], gradient = new double[3];
        StableMath.Softmax<double>(logits, q);
        var loss = LossFunctions.SoftmaxCrossEntropy<double>(logits, [0], gradient);
        Console.WriteLine($"Q {q[0]:0.000} {q[1]:0.000} {q[2]:0.000}, gradient {gradient[0]:0.000} {gradient[1]:0.000} {gradient[2]:0.000}");
        Console.WriteLine($"loss {loss:0.0000} = LSE(z) - z_0 {StableMath.LogSumExp<double>(logits) - logits[0]:0.0000} = -log Q_0 {-Math.Log(q[0]):0.0000}");
        var sigmoid = LossFunctions.SigmoidCrossEntropy<double>([-50], new Target<double>([1]));
        Console.WriteLine($"z = -50: sigmoid's loss {sigmoid:0.0000}, that of softmax (0, z) {LossFunctions.SoftmaxCrossEntropy<double>([0, -50], [1]):0.0000}");
        // end
        Assert.Equal([q[0] - 1, q[1], q[2]], gradient.Select(x => Math.Round(x, 15)), (x, y) => Math.Abs(x - y) < 1e-12);
    }

    private void NoEpsilon()
    {
        // begin
        double[] logits = [-1000, 0], gradient = new double[2];
        var q = Math.Exp(logits[0]) / (Math.Exp(logits[0]) + Math.Exp(logits[1]));
        Console.WriteLine($"-log q {-Math.Log(q)}, -log(q + 1e-7) {-Math.Log(q + 1e-7):0.000}");
        Console.WriteLine($"from the logits {LossFunctions.SoftmaxCrossEntropy<double>(logits, [0], gradient):0.000}, gradient {gradient[0]:0.000}");
        // end
    }

    private void Likelihood()
    {
        // begin
        double[] tosses = [1, 1, 1, 1, 1, 1, 1, 0, 0, 0];
        foreach (var q in new[] { 0.5, 0.7 })
        {
            var ce = LossFunctions.BinaryCrossEntropy<double>([.. tosses.Select(_ => q)], new Target<double>(tosses));
            Console.WriteLine($"q = {q:0.0}: cross-entropy {ce:0.0000}, likelihood {Math.Pow(q, 7) * Math.Pow(1 - q, 3):0.000000} = e^(-10 CE) {Math.Exp(-10 * ce):0.000000}");
        }
        // end
    }

    private void WrongStart()
    {
        var (ml, _, train, test) = Load();
        // begin
        var gradient = new double[1];
        _ = LossFunctions.SigmoidCrossEntropy<double>([-10], new Target<double>([1]), gradient);
        var q = StableMath.Sigmoid(-10.0);
        Console.WriteLine($"q = {q:0.00000}: gradient of cross-entropy {gradient[0]:0.0000}, of the squared error {2 * (q - 1) * q * (1 - q):0.0000}");
        // Two epochs from a model that was taught the opposite.
        var opposite = ml.Transforms.Expression("IsVirginica", "virginica : not virginica", "IsVirginica").Fit(train).Transform(train);
        var wrong = ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsVirginica").Fit(opposite);
        foreach (var rate in new[] { 0.01, 0.1, 1 })
            Console.WriteLine($"rate {rate}: log-loss {LogLoss(wrong):0.0} -> {GoOn(false, rate):0.0} by cross-entropy, {GoOn(true, rate):0.0} by squared error");

        double GoOn(bool brier, double rate) => LogLoss(ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        { LabelColumnName = "IsVirginica", MinimizeBrier = brier, LearningRate = Schedule.Constant(rate), Optimizer = Optimizer.Sgd(), L2Regularization = 0, NumberOfEpochs = 2, InitialModel = wrong, Seed = 1 }).Fit(train));

        double LogLoss(ITransformer model) => ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(test), "IsVirginica").LogLoss;
        // end
    }

    private void Honesty()
    {
        // begin
        double[] picture = [0.6, 0.4];
        Console.WriteLine($"H(P) {InformationTheory.Entropy<double>(picture):0.000}");
        foreach (var cat in new[] { 0.6, 0.99 })
            Console.WriteLine($"cat {cat:0.00}: cross-entropy {InformationTheory.CrossEntropy(new Target<double>(picture), new Prediction<double>([cat, 1 - cat])):0.000}");
        foreach (var share in new[] { 0.5, 0.95 })
            Console.WriteLine($"{share:0%} of one class: knowing nothing else costs {InformationTheory.Entropy<double>([share, 1 - share]):0.000}");
        // end
    }
}
