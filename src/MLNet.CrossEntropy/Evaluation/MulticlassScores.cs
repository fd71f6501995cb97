using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Evaluates rows of scores, one a class: their probabilities, losses, predictions and ranks. Scores are transposed so that a class's
/// scores of
/// all rows lie side by side; then every step is one of vectors of rows, whatever the number of classes. An evaluation is often the
/// only one
/// of its process, so that loops over rows are compiled to their best at once.
/// </summary>
internal static class MulticlassScores
{
    /// <summary>All that follows from the scores of the block's rows; false, and nothing meaningful, where one is bad.</summary>
    public static bool Evaluate(ScoredBlock rows, EvaluatedBlock block, double rowSumTolerance, LossFloor floor)
    {
        if (block.Count == 0)
            return true;
        Transpose(rows, block);
        if (!(floor.FromLogits ? EvaluateLogits(block, floor) : EvaluateProbabilities(block, rowSumTolerance, floor)))
            return false;
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                EvaluateSoft(block, row, floor);
        }
        return true;
    }

    /// <summary>How many rows of a block that has been evaluated are distributions, which logits hardly ever are.</summary>
    public static int CountDistributions(EvaluatedBlock block, double rowSumTolerance)
    {
        var count = 0;
        Vector<float> tolerance = new((float)rowSumTolerance);
        for (var i = 0; i < block.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = default, least = default;
            for (var k = 0; k < block.Classes; k++)
            {
                var score = Load(block.Scores, k * block.Stride + i);
                (sum, least) = (sum + score, Vector.MinNative(least, score));
            }
            Vector<int> isOne = Vector.LessThanOrEqual(Vector.Abs(sum - Vector<float>.One), tolerance) & Vector.Equals(least, default);
            for (var lane = 0; lane < Math.Min(Vector<float>.Count, block.Count - i); lane++)
                count -= isOne[lane];
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(ScoredBlock rows, EvaluatedBlock block)
    {
        // Places beyond the last row, up to a full vector, are filled too: nothing there may look bad.
        var end = (block.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        block.Sources.AsSpan(block.Count, end - block.Count).Fill(block.Sources[0]);
        block.Labels.AsSpan(block.Count, end - block.Count).Clear();
        var sources = block.Sources;
        var stride = block.Stride;
        // The one check of what goes on without any.
        if (end > stride || rows.Width * stride > block.Scores.Length)
            throw new ArgumentException($"{end} rows of {rows.Width} scores do not go into {block.Scores.Length}.", nameof(rows));
        for (var row = 0; row < end; row++)
        {
            ReadOnlySpan<float> scores = rows.Scores(sources[row]);
            ref var column = ref block.Scores[row];
            for (var k = 0; k < scores.Length; k++)
            {
                column = scores[k];
                column = ref Unsafe.Add(ref column, stride);
            }
        }
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            ReadOnlySpan<double> target = rows.Target(sources[row]);
            for (var k = 0; k < target.Length; k++)
                block.Targets[k * stride + row] = target[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool EvaluateProbabilities(EvaluatedBlock block, double rowSumTolerance, LossFloor floor)
    {
        var isGood = Vector<long>.AllBitsSet;
        Vector<int> isZero = default;
        for (var i = 0; i < block.Count; i += Vector<float>.Count)
        {
            var label = Load(block.Labels, i);
            isGood &= Weigh(block, i, label, rowSumTolerance, out var predicted, out var best, out var own);
            predicted.CopyTo(block.Predicted, i);
            best.CopyTo(block.TopScores, i);
            Rank(block, i, label, own);
            isZero |= Vector.Equals(own, Vector<float>.Zero);

            Vector.Widen(own, out var lowerOwn, out var upperOwn);
            Vector.Widen(best, out var lowerBest, out var upperBest);
            Vector.Widen(Vector.Equals(label, predicted), out var lowerHit, out var upperHit);
            Store(block, i, lowerOwn, ForecastKey.OfSingle(lowerBest), lowerHit, LossOf(lowerOwn), floor);
            Store(block, i + Vector<double>.Count, upperOwn, ForecastKey.OfSingle(upperBest), upperHit, LossOf(upperOwn), floor);
        }
        if (isZero != Vector<int>.Zero)
            block.MarkRounded();
        return isGood == Vector<long>.AllBitsSet;
    }

    /// <summary>
    /// Looks at the probabilities of the rows from <paramref name="i"/> on: the largest, the lowest class that has it, that of the
    /// label (0 for
    /// a soft one), and, into the block, the squared error.
    /// </summary>
    /// <returns>Which lanes hold nothing but distributions.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<long> Weigh(
        EvaluatedBlock block,
        int i,
        Vector<int> label,
        double rowSumTolerance,
        out Vector<int> predicted,
        out Vector<float> best,
        out Vector<float> own)
    {
        var scores = block.Scores;
        int stride = block.Stride, classes = block.Classes;
        (best, own, predicted) = (new(float.NegativeInfinity), default, default);
        Vector<float> least = new(float.PositiveInfinity);
        Vector<double> lowerSum = default, upperSum = default, lowerSquares = default, upperSquares = default;
        for (var k = 0; k < classes; k++)
        {
            var score = Load(scores, k * stride + i);
            Vector<int> isBetter = Vector.GreaterThan(score, best), isLabel = Vector.Equals(label, new Vector<int>(k));
            best = Vector.ConditionalSelect(isBetter, score, best);
            predicted = Vector.ConditionalSelect(isBetter, new Vector<int>(k), predicted);
            least = Vector.MinNative(least, score);
            own = Vector.ConditionalSelect(isLabel, score, own);
            Vector.Widen(score, out var lower, out var upper);
            (lowerSum, upperSum) = (lowerSum + lower, upperSum + upper);
            Vector.Widen(Vector.AndNot(score, Vector.AsVectorSingle(isLabel)), out lower, out upper);
            (lowerSquares, upperSquares) = (lowerSquares + lower * lower, upperSquares + upper * upper);
        }
        // 1 - q keeps its digits where q is nearly 1.
        Vector.Widen(own, out var lowerOwn, out var upperOwn);
        Vector<double> lowerError = Vector.MaxNative(Vector<double>.One - lowerOwn, Vector<double>.Zero);
        Vector<double> upperError = Vector.MaxNative(Vector<double>.One - upperOwn, Vector<double>.Zero);
        (lowerSquares + lowerError * lowerError).CopyTo(block.SquaredErrors, i);
        (upperSquares + upperError * upperError).CopyTo(block.SquaredErrors, i + Vector<double>.Count);

        // Comparisons with NaN are false, so that a row with one is bad.
        Vector<double> tolerance = new(rowSumTolerance);
        return Vector.LessThanOrEqual(Vector.Abs(lowerSum - Vector<double>.One), tolerance)
            & Vector.LessThanOrEqual(Vector.Abs(upperSum - Vector<double>.One), tolerance)
            & Vector.AsVectorInt64(Vector.GreaterThanOrEqual(least, Vector<float>.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool EvaluateLogits(EvaluatedBlock block, LossFloor floor)
    {
        var isGood = Vector<int>.AllBitsSet;
        for (var i = 0; i < block.Count; i += Vector<float>.Count)
        {
            var label = Load(block.Labels, i);
            isGood &= FindBest(block, i, label, out var predicted, out var best, out var own);
            predicted.CopyTo(block.Predicted, i);
            best.CopyTo(block.TopScores, i);
            Rank(block, i, label, own);
            Exponentiate(block, i, predicted, best);

            Vector.Widen(label, out var lowerLabel, out var upperLabel);
            Vector.Widen(predicted, out var lowerPredicted, out var upperPredicted);
            Vector.Widen(own, out var lowerOwn, out var upperOwn);
            Vector.Widen(best, out var lowerBest, out var upperBest);
            Forecast(block, i, lowerLabel, lowerPredicted, lowerBest - lowerOwn, floor);
            Forecast(block, i + Vector<double>.Count, upperLabel, upperPredicted, upperBest - upperOwn, floor);
        }
        return isGood == Vector<int>.AllBitsSet;
    }

    /// <summary>
    /// The largest logit of each row from <paramref name="i"/> on, its class, and that of the label; and which rows have a softmax.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> FindBest(
        EvaluatedBlock block, int i, Vector<int> label, out Vector<int> predicted, out Vector<float> best, out Vector<float> own)
    {
        (best, own, predicted) = (new(float.NegativeInfinity), default, default);
        var isNumber = Vector<int>.AllBitsSet;
        for (var k = 0; k < block.Classes; k++)
        {
            var score = Load(block.Scores, k * block.Stride + i);
            Vector<int> isBetter = Vector.GreaterThan(score, best);
            best = Vector.ConditionalSelect(isBetter, score, best);
            predicted = Vector.ConditionalSelect(isBetter, new Vector<int>(k), predicted);
            own = Vector.ConditionalSelect(Vector.Equals(label, new Vector<int>(k)), score, own);
            isNumber &= Vector.Equals(score, score);
        }
        return isNumber & Vector.LessThan(Vector.Abs(best), new Vector<float>(float.PositiveInfinity));
    }

    /// <summary>The rank of each row's true class, as three counts of scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rank(EvaluatedBlock block, int i, Vector<int> label, Vector<float> own)
    {
        // A comparison that holds is -1.
        Vector<int> higher = default, tiesBelow = default, equal = default;
        var scores = block.Scores;
        int stride = block.Stride, classes = block.Classes;
        for (var k = 0; k < classes; k++)
        {
            var score = Load(scores, k * stride + i);
            Vector<int> isEqual = Vector.Equals(score, own);
            higher -= Vector.GreaterThan(score, own);
            equal -= isEqual;
            tiesBelow -= isEqual & Vector.GreaterThan(label, new Vector<int>(k));
        }
        higher.CopyTo(block.Higher, i);
        tiesBelow.CopyTo(block.TiesBelow, i);
        (equal - Vector<int>.One).CopyTo(block.Ties, i);
    }

    /// <summary>exp(z_k - max), left where the forecasts will stand, and the sum of all but the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exponentiate(EvaluatedBlock block, int i, Vector<int> predicted, Vector<float> best)
    {
        Vector.Widen(best, out var lowerBest, out var upperBest);
        Vector.Widen(predicted, out var lowerPredicted, out var upperPredicted);
        Vector<double> lowerOthers = default, upperOthers = default;
        for (var k = 0; k < block.Classes; k++)
        {
            var at = k * block.Stride + i;
            Vector.Widen(Load(block.Scores, at), out var lower, out var upper);
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

    /// <summary>The probabilities of the classes of the rows from <paramref name="at"/> on, and what a hard label makes of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Forecast(
        EvaluatedBlock block, int at, Vector<long> label, Vector<long> predicted, Vector<double> below, LossFloor floor)
    {
        Vector<double> others = Load(block.Others, at), scale = Vector<double>.One / (Vector<double>.One + others);
        Vector<double> squares = default, own = default;
        for (var k = 0; k < block.Classes; k++)
        {
            Vector<long> isLabel = Vector.Equals(label, new Vector<long>(k)), isPredicted = Vector.Equals(predicted, new Vector<long>(k));
            var probability = Vector.AsVectorDouble(Load(block.Forecasts, k * block.Stride + at)) * scale;
            // Any probability but the largest is at most a half: nothing cancels.
            Vector<double> complement = Vector.ConditionalSelect(isPredicted, others * scale, Vector<double>.One - probability);
            // q - 1 through the complement keeps its digits where q is nearly 1.
            Vector<double> error = Vector.ConditionalSelect(isLabel, complement, probability);
            squares += error * error;
            own = Vector.ConditionalSelect(isLabel, probability, own);
            ForecastKey.Of(probability, complement).CopyTo(block.Forecasts, k * block.Stride + at);
        }
        squares.CopyTo(block.SquaredErrors, at);
        // The complement of the largest has more digits than 1 less it.
        Store(block, at, own, ForecastKey.Of(scale, others * scale), Vector.Equals(label, predicted), LossOf(below, others), floor);
    }

    /// <summary>Writes down what is known of the rows from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        EvaluatedBlock block, int at, Vector<double> own, Vector<long> top, Vector<long> isHit, Vector<double> loss, LossFloor floor)
    {
        own.CopyTo(block.Probabilities, at);
        loss.CopyTo(block.Losses, at);
        floor.Clip(loss).CopyTo(block.ClippedLosses, at);
        top.CopyTo(block.TopForecasts, at);
        (Vector.AsVectorDouble(isHit) & Vector<double>.One).CopyTo(block.Hits, at);
    }

    private static void EvaluateSoft(EvaluatedBlock block, int row, LossFloor floor)
    {
        double sum = 0, clippedSum = 0, squares = 0;
        for (var k = 0; k < block.Classes; k++)
        {
            var cell = k * block.Stride + row;
            double share = block.Targets[cell], score = block.Scores[cell];
            var key = floor.FromLogits ? block.Forecasts[cell] : ForecastKey.Of(score, 1 - score);
            var error = share == 1 ? ForecastKey.Complement(key) : ForecastKey.Probability(key) - share;
            squares += error * error;
            if (share == 0)
                continue;
            var loss = floor.FromLogits ? LossOf(block.TopScores[row] - score, block.Others[row]) : LossOf(score);
            if (score == 0 && !floor.FromLogits)
                block.MarkRounded(row);
            block.ClassLosses[cell] = loss;
            sum += share * loss;
            clippedSum += share * floor.Clip(loss);
        }
        block.Hits[row] = block.TargetOf(block.Predicted[row], row);
        (block.Losses[row], block.ClippedLosses[row]) = (sum, clippedSum);
        (block.SquaredErrors[row], block.Probabilities[row]) = (squares, Math.Exp(-sum));
    }

    // One-hot soft labels give the very bits that hard labels give: the same functions, one row at a time.
    private static double LossOf(double probability) => LossOf(new Vector<double>(probability))[0];

    private static double LossOf(double below, double others) => LossOf(new Vector<double>(below), new Vector<double>(others))[0];

    /// <summary>-ln q, never negative; of a 0 that of the smallest float, which is more than what was rounded to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LossOf(Vector<double> probability) =>
        // A float row may overshoot 1 by rounding. Subtracting makes no -0.
        Vector<double>.Zero - Vector.Log(
            Vector.MaxNative(Vector.MinNative(probability, Vector<double>.One), new Vector<double>(LossFloor.SmallestProbability)));

    /// <summary>
    /// -ln q of a class whose logit lies so far below the largest, with <c>sum_k exp(z_k - max)</c> over all but the largest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LossOf(Vector<double> below, Vector<double> others) => below + VectorLog.OnePlus(others);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Load<T>(T[] table, int index) =>
        Vector.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), (nuint)index);
}
