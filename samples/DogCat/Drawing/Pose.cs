namespace DogCat.Drawing;

/// <summary>How the animal is seen.</summary>
internal enum Pose { Portrait, Sitting, Standing }
