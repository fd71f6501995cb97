using System.Numerics;

namespace MLNet.CrossEntropy;

internal static partial class MulticlassScores
{
    /// <summary>The most probable class of each row from <paramref name="i"/> on; false where one of them is no distribution.</summary>
    private static bool FindBest(EvaluatedBlock block, int i, double rowSumTolerance)
    {
        Vector<float> best = new(block.Scores, i), least = best;
        Vector<int> predicted = Vector<int>.Zero;
        Vector.Widen(best, out Vector<double> lowerSum, out Vector<double> upperSum);
        for (int k = 1; k < block.Classes; k++)
        {
            Vector<float> score = new(block.Scores, k * block.Stride + i);
            Vector<int> isBetter = Vector.GreaterThan(score, best);
            best = Vector.ConditionalSelect(isBetter, score, best);
            predicted = Vector.ConditionalSelect(isBetter, new Vector<int>(k), predicted);
            least = Vector.MinNative(least, score);
            Vector.Widen(score, out Vector<double> lower, out Vector<double> upper);
            lowerSum += lower;
            upperSum += upper;
        }
        predicted.CopyTo(block.Predicted, i);

        // Comparisons with NaN are false, so that a row with one is bad.
        Vector<double> tolerance = new(rowSumTolerance);
        return Vector.LessThanOrEqualAll(Vector.Abs(lowerSum - Vector<double>.One), tolerance)
            && Vector.LessThanOrEqualAll(Vector.Abs(upperSum - Vector<double>.One), tolerance)
            && Vector.GreaterThanOrEqualAll(least, Vector<float>.Zero);
    }

    /// <summary>The largest logit of each row from <paramref name="i"/> on; false where one of them has no softmax.</summary>
    private static bool FindBest(EvaluatedBlock block, int i)
    {
        Vector<float> best = new(block.Scores, i);
        Vector<int> predicted = Vector<int>.Zero, isNumber = Vector.Equals(best, best);
        for (int k = 1; k < block.Classes; k++)
        {
            Vector<float> score = new(block.Scores, k * block.Stride + i);
            Vector<int> isBetter = Vector.GreaterThan(score, best);
            best = Vector.ConditionalSelect(isBetter, score, best);
            predicted = Vector.ConditionalSelect(isBetter, new Vector<int>(k), predicted);
            isNumber &= Vector.Equals(score, score);
        }
        predicted.CopyTo(block.Predicted, i);
        return Vector.EqualsAll(isNumber, Vector<int>.AllBitsSet) && Vector.LessThanAll(Vector.Abs(best), new Vector<float>(float.PositiveInfinity));
    }

    /// <summary>The rank of each row's true class, as three counts of scores.</summary>
    private static void Rank(EvaluatedBlock block, int i)
    {
        Vector<int> label = new(block.Labels, i);
        Vector<float> own = default;
        for (int k = 0; k < block.Classes; k++)
            own = Vector.ConditionalSelect(Vector.Equals(label, new Vector<int>(k)), new Vector<float>(block.Scores, k * block.Stride + i), own);

        // A comparison that holds is -1.
        Vector<int> higher = default, tiesBelow = default, equal = default;
        for (int k = 0; k < block.Classes; k++)
        {
            Vector<float> score = new(block.Scores, k * block.Stride + i);
            Vector<int> isEqual = Vector.Equals(score, own);
            higher -= Vector.GreaterThan(score, own);
            equal -= isEqual;
            tiesBelow -= isEqual & Vector.GreaterThan(label, new Vector<int>(k));
        }
        higher.CopyTo(block.Higher, i);
        tiesBelow.CopyTo(block.TiesBelow, i);
        (equal - Vector<int>.One).CopyTo(block.Ties, i);
    }

    /// <summary>The probabilities of each row's classes and what a hard label makes of them.</summary>
    private static void Forecast(EvaluatedBlock block, int i, bool fromLogits)
    {
        if (fromLogits)
            Exponentiate(block, i);
        Vector.Widen(new Vector<int>(block.Labels, i), out Vector<long> lowerLabel, out Vector<long> upperLabel);
        Vector.Widen(new Vector<int>(block.Predicted, i), out Vector<long> lowerPredicted, out Vector<long> upperPredicted);
        Forecast(block, i, lowerLabel, lowerPredicted, fromLogits, isUpper: false);
        Forecast(block, i, upperLabel, upperPredicted, fromLogits, isUpper: true);
    }

    /// <summary>The half of a vector of rows that has room in doubles.</summary>
    private static void Forecast(EvaluatedBlock block, int i, Vector<long> label, Vector<long> predicted, bool fromLogits, bool isUpper)
    {
        int at = isUpper ? i + Vector<double>.Count : i;
        Vector<double> others = fromLogits ? new(block.Others, at) : default;
        Vector<double> scale = Vector<double>.One / (Vector<double>.One + others);
        Vector<double> squares = default, own = default;
        Vector<long> top = default;
        for (int k = 0; k < block.Classes; k++)
        {
            Vector<long> isLabel = Vector.Equals(label, new Vector<long>(k)), isPredicted = Vector.Equals(predicted, new Vector<long>(k));
            Vector<double> probability, complement;
            if (fromLogits)
            {
                probability = Vector.AsVectorDouble(new Vector<long>(block.Forecasts, k * block.Stride + at)) * scale;
                // Any probability but the largest is at most a half: nothing cancels.
                complement = Vector.ConditionalSelect(isPredicted, others * scale, Vector<double>.One - probability);
            }
            else
            {
                Vector.Widen(new Vector<float>(block.Scores, k * block.Stride + i), out Vector<double> lower, out Vector<double> upper);
                probability = isUpper ? upper : lower;
                complement = Vector.MaxNative(Vector<double>.One - probability, Vector<double>.Zero);
            }
            // q - 1 through the complement keeps its digits where q is nearly 1.
            Vector<double> error = Vector.ConditionalSelect(isLabel, complement, probability);
            squares += error * error;
            own = Vector.ConditionalSelect(isLabel, probability, own);
            Vector<long> key = ForecastKey.Of(probability, complement);
            key.CopyTo(block.Forecasts, k * block.Stride + at);
            top = Vector.ConditionalSelect(isPredicted, key, top);
        }
        squares.CopyTo(block.SquaredErrors, at);
        top.CopyTo(block.TopForecasts, at);
        own.CopyTo(block.Probabilities, at);
        (Vector.AsVectorDouble(Vector.Equals(label, predicted)) & Vector<double>.One).CopyTo(block.Hits, at);
    }

    /// <summary>exp(z_k - max), left where the forecasts will stand, and the sum of all but the largest.</summary>
    private static void Exponentiate(EvaluatedBlock block, int i)
    {
        Vector<int> predicted = new(block.Predicted, i);
        Vector<float> best = default;
        for (int k = 0; k < block.Classes; k++)
            best = Vector.ConditionalSelect(Vector.Equals(predicted, new Vector<int>(k)), new Vector<float>(block.Scores, k * block.Stride + i), best);
        Vector.Widen(best, out Vector<double> lowerBest, out Vector<double> upperBest);
        Vector.Widen(predicted, out Vector<long> lowerPredicted, out Vector<long> upperPredicted);
        Vector<double> lowerOthers = default, upperOthers = default;
        for (int k = 0; k < block.Classes; k++)
        {
            int at = k * block.Stride + i;
            Vector.Widen(new Vector<float>(block.Scores, at), out Vector<double> lower, out Vector<double> upper);
            lower = Vector.Exp(lower - lowerBest);
            upper = Vector.Exp(upper - upperBest);
            Vector.AsVectorInt64(lower).CopyTo(block.Forecasts, at);
            Vector.AsVectorInt64(upper).CopyTo(block.Forecasts, at + Vector<double>.Count);
            lowerOthers += Vector.ConditionalSelect(Vector.Equals(lowerPredicted, new Vector<long>(k)), Vector<double>.Zero, lower);
            upperOthers += Vector.ConditionalSelect(Vector.Equals(upperPredicted, new Vector<long>(k)), Vector<double>.Zero, upper);
        }
        lowerOthers.CopyTo(block.Others, i);
        upperOthers.CopyTo(block.Others, i + Vector<double>.Count);
    }
}
