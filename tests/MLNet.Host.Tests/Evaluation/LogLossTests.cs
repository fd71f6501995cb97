using System.Text.Json;
using Microsoft.ML.Trainers;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Evaluation;

/// <summary>Section g_logloss of the golden file: the loss class clamps at 18.42, its derivative does not.</summary>
public class LogLossTests
{
    private static readonly JsonElement[] Section = [.. GoldenFile.Section("g_logloss").EnumerateArray()];

    public static TheoryData<float, float, double, float> Cases
    {
        get
        {
            var cases = new TheoryData<float, float, double, float>();
            foreach (var run in Section)
                cases.Add(run.GetProperty("score").Single(), run.GetProperty("label").Single(), run.GetProperty("loss").Number(), run.GetProperty("derivative").Single());
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_derivative_are_those_of_MLNet(float score, float label, double loss, float derivative)
    {
        var logLoss = new LogLoss();
        Near.Equal(loss, logLoss.Loss(score, label), 1e-12, "loss");
        Assert.Equal(derivative, logLoss.Derivative(score, label));
    }

    [Fact]
    public void The_dual_is_feasible_between_0_and_the_label()
    {
        var logLoss = new LogLoss();
        Assert.Equal(double.NegativeInfinity, logLoss.DualLoss(1, -0.25f));
        Assert.Equal(double.NegativeInfinity, logLoss.DualLoss(0, 0.25f));
        Assert.Equal(Math.Log(2), logLoss.DualLoss(1, 0.5f), 1e-6);
        Assert.Equal(0.5f, logLoss.ComputeDualUpdateInvariant(1.75f));
        Assert.Equal(0.25f, logLoss.DualUpdate(0, 1, 0, 0.5f, 1));
    }
}
