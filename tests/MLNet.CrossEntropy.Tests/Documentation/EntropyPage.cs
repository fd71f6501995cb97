using MLNet.CrossEntropy.Information;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class EntropyPage() : DocumentationPage("docs/entropy-to-cross-entropy.md")
{
    private void Surprise()
    {
        // begin
        foreach (double p in new[] { 1, 0.5, 0.25, 0.01 })
            Console.WriteLine($"p = {p:0.00}  {Math.Log(1 / p):0.000} nats  {Math.Log2(1 / p):0.000} bits");
        // end
    }

    private void Entropy()
    {
        // begin
        double[][] weather = [[0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1], [1, 0, 0, 0]];
        foreach (double[] p in weather)
            Console.WriteLine($"H = {InformationTheory.Entropy<double>(p, LogBase.Bits):0.000} bits, as {InformationTheory.Perplexity<double>(p):0.00} equal choices");
        // end
    }

    private void CrossEntropy()
    {
        // begin
        double[] p = [0.7, 0.2, 0.1], q = [0.5, 0.3, 0.2];
        double h = InformationTheory.Entropy<double>(p);
        double kl = InformationTheory.KullbackLeibler(Target.Of<double>(p), Prediction.Of<double>(q));
        double ce = InformationTheory.CrossEntropy(Target.Of<double>(p), Prediction.Of<double>(q));
        double swapped = InformationTheory.CrossEntropy(Target.Of<double>(q), Prediction.Of<double>(p));
        Console.WriteLine($"H(P) {h:0.0000} + KL(P||Q) {kl:0.0000} = {h + kl:0.0000}");
        Console.WriteLine($"H(P,Q) {ce:0.0000}, but H(Q,P) {swapped:0.0000}");
        // end
        Assert.Equal(h + kl, ce, 1e-12);
    }

    private void Softmax()
    {
        // begin
        double[] logits = [2, 0.5, -1], q = new double[3], gradient = new double[3];
        StableMath.Softmax<double>(logits, q);
        double loss = LossFunctions.SoftmaxCrossEntropy<double>(logits, [0], gradient: gradient);
        Console.WriteLine($"Q        {q[0]:0.000}  {q[1]:0.000}  {q[2]:0.000}");
        Console.WriteLine($"gradient {gradient[0]:0.000}  {gradient[1]:0.000}  {gradient[2]:0.000}");
        Console.WriteLine($"loss {loss:0.0000} = LSE(z) - z_0 {StableMath.LogSumExp<double>(logits) - logits[0]:0.0000} = -log Q_0 {-Math.Log(q[0]):0.0000}");
        // end
        Assert.Equal([q[0] - 1, q[1], q[2]], gradient.Select(x => Math.Round(x, 15)), (x, y) => Math.Abs(x - y) < 1e-12);
    }

    private void Sigmoid()
    {
        // begin
        foreach (double z in new double[] { 5, 0, -5, -50 })
        {
            double loss = LossFunctions.SigmoidCrossEntropy<double>([z], Target.Of<double>([1]));
            double twoClasses = LossFunctions.SoftmaxCrossEntropy<double>([0, z], [1]);
            Console.WriteLine($"z = {z,3}  q = {StableMath.Sigmoid(z):0.0000}  loss {loss:0.0000}  softmax of (0, z) {twoClasses:0.0000}");
        }
        // end
    }

    private void NoEpsilon()
    {
        // begin
        double[] logits = [-1000, 0];
        double q = Math.Exp(logits[0]) / (Math.Exp(logits[0]) + Math.Exp(logits[1]));
        double[] gradient = new double[2];
        Console.WriteLine($"-log q            {-Math.Log(q)}");
        Console.WriteLine($"-log(q + 1e-7)    {-Math.Log(q + 1e-7):0.000}");
        Console.WriteLine($"from the logits   {LossFunctions.SoftmaxCrossEntropy<double>(logits, [0], gradient: gradient):0.000}, gradient {gradient[0]:0.000}");
        // end
    }

    private void Likelihood()
    {
        // begin
        double[] tosses = [1, 1, 1, 1, 1, 1, 1, 0, 0, 0];
        foreach (double q in new[] { 0.5, 0.6, 0.7, 0.8 })
        {
            double[] forecast = [.. tosses.Select(_ => q)];
            double ce = LossFunctions.BinaryCrossEntropy<double>(forecast, Target.Of<double>(tosses));
            Console.WriteLine($"q = {q:0.0}  cross-entropy {ce:0.0000}  likelihood {Math.Pow(q, 7) * Math.Pow(1 - q, 3):0.000000} = e^(-10 CE) {Math.Exp(-10 * ce):0.000000}");
        }
        // end
    }

    private void Gradients()
    {
        // begin
        double[] ce = new double[1], mse = new double[1];
        foreach (double z in new double[] { 2, 0, -2, -5, -10 })
        {
            _ = LossFunctions.SigmoidCrossEntropy<double>([z], Target.Of<double>([1]), gradient: ce);
            _ = LossFunctions.SigmoidBrier<double>([z], Target.Of<double>([1]), gradient: mse);
            Console.WriteLine($"q = {StableMath.Sigmoid(z):0.00000}  gradient of CE {ce[0]:0.0000}  of the squared error {mse[0]:0.0000}");
        }
        // end
    }

    private void Steps()
    {
        // begin
        int Steps(Func<double, double> gradient)
        {
            int steps = 0;
            for (double z = -5; StableMath.Sigmoid(z) < 0.9; steps++)
                z -= gradient(z);
            return steps;
        }

        double Ce(double z) => StableMath.Sigmoid(z) - 1;
        double SquaredError(double z) => 2 * (StableMath.Sigmoid(z) - 1) * StableMath.Sigmoid(z) * (1 - StableMath.Sigmoid(z));
        Console.WriteLine($"steps from q = 0.007 to q = 0.9: cross-entropy {Steps(Ce)}, squared error {Steps(SquaredError)}");
        // end
    }

    private void Honesty()
    {
        // begin
        double[] picture = [0.6, 0.4];
        Console.WriteLine($"H(P) {InformationTheory.Entropy<double>(picture):0.000}");
        foreach (double cat in new[] { 0.5, 0.6, 0.9, 0.99 })
            Console.WriteLine($"cat {cat:0.00}  cross-entropy {InformationTheory.CrossEntropy(Target.Of<double>(picture), Prediction.Of<double>([cat, 1 - cat])):0.000}");
        // end
    }

    private void Calibration()
    {
        // begin
        double[] labels = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
        foreach (double q in new[] { 0.6, 0.99, 0.5 })
        {
            double[] forecast = [.. labels.Select(_ => q)];
            Console.WriteLine($"always {q:0.00}: log-loss {LossFunctions.BinaryCrossEntropy<double>(forecast, Target.Of<double>(labels)):0.000}");
        }

        foreach (double share in new[] { 0.5, 0.95 })
            Console.WriteLine($"{share:0%} of one class: knowing nothing else costs {InformationTheory.Entropy<double>([share, 1 - share]):0.000}");
        // end
    }
}
