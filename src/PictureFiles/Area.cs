namespace PictureFiles;

/// <summary>A rectangle within a picture, in pixels from its top left corner; its edges may cut through pixels.</summary>
public readonly record struct Area(double Left, double Top, double Width, double Height);
