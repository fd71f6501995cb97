namespace MLNet.CrossEntropy;

/// <summary>The weight of one feature in one class.</summary>
/// <param name="Feature">The feature's name.</param>
/// <param name="Index">Its slot in the feature vector.</param>
/// <param name="Weight">What one unit of the feature adds to the logit of the class.</param>
/// <param name="Importance">The weight's absolute value, times the feature's standard deviation where data was given.</param>
public readonly record struct Coefficient(string Feature, int Index, float Weight, double Importance);
