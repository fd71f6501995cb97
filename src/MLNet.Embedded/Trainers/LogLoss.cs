namespace Microsoft.ML.Trainers;

/// <summary>
/// ML.NET's log-loss of a score and a label, in nats, in Single: probabilities below 1e-8 count as 1e-8, so no loss exceeds 18.42,
/// while the derivative knows no such bound.
/// </summary>
public sealed class LogLoss : ISupportSdcaClassificationLoss
{
    private const float LargeStep = 0.5f;

    public double Loss(float output, float label)
    {
        float probability = Sigmoid(output);
        return -Math.Log(Math.Max(label > 0 ? probability : 1 - probability, 1e-8));
    }

    public float Derivative(float output, float label)
    {
        float probability = Sigmoid(output);
        return label > 0 ? probability - 1 : probability;
    }

    public float ComputeDualUpdateInvariant(float scaledFeaturesNormSquared) => 1 / Math.Max(1, 0.25f + scaledFeaturesNormSquared);

    public float DualUpdate(float output, float label, float dual, float invariant, int maxNumThreads)
    {
        float sign = label > 0 ? 1 : -1;
        float step = (Sigmoid(-sign * output) * sign - dual) * invariant;
        return maxNumThreads >= 2 && Math.Abs(step) > LargeStep ? step / maxNumThreads : step;
    }

    public double DualLoss(float label, float dual)
    {
        double p = label > 0 ? dual : -dual;
        if (p is < 0 or > 1)
            return double.NegativeInfinity;
        return p is 0 or 1 ? 0 : -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
    }

    /// <summary>
    /// 1 / (1 + exp(-x)) as ML.NET computes it: exp(|x|) = 2^n 2^f with a quartic in f for 2^f, about 1e-6 off and not quite
    /// symmetric.
    /// </summary>
    private static float Sigmoid(float x)
    {
        if (float.IsNaN(x))
            return x;
        float power = Math.Abs(x) * 1.44269504088896340735992468100f;
        float tail = 0;
        if (power < 128)
        {
            int n = (int)power;
            float f = power - n;
            float twoToF = 1 + f + (f - 1) * f * ((0.013555747234814917704030793f * f + 0.065588116243247810171479524f) * f + 0.3069678791803394491901401f);
            tail = 1 / (1 + float.ScaleB(1, n) * twoToF);
        }

        return x < 0 ? tail : 1 - tail;
    }
}
