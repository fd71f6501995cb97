namespace MLNet.CrossEntropy;

/// <summary>The weighted share of rows whose true class is among the k highest scores.</summary>
/// <param name="K">How many classes are looked at.</param>
/// <param name="Accuracy">The share when the lower class index wins a tie.</param>
/// <param name="Optimistic">The share when the true class wins every tie.</param>
/// <param name="Pessimistic">The share when the true class loses every tie.</param>
public readonly record struct TopKAccuracy(int K, double Accuracy, double Optimistic, double Pessimistic);
