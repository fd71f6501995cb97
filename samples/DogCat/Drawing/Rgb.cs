namespace DogCat.Drawing;

/// <summary>A colour; 0 is black and 1 full brightness in each channel.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static Rgb operator *(Rgb a, float s) => new(a.R * s, a.G * s, a.B * s);

    public static Rgb operator *(Rgb a, Rgb b) => new(a.R * b.R, a.G * b.G, a.B * b.B);

    public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

    public static Rgb Mix(Rgb a, Rgb b, float t) => a * (1 - t) + b * t;
}
