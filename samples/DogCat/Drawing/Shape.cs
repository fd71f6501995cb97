namespace DogCat.Drawing;

/// <summary>How far (x, y) is outside (positive) or inside (negative) an outline.</summary>
internal delegate float SignedDistance(float x, float y);

/// <summary>A shape as the signed distance from its outline, and a circle that contains it.</summary>
internal readonly record struct Shape(SignedDistance Distance, float X, float Y, float Radius);
