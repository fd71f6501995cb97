namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    public static ArgumentException Blank(string name) => new($"'{name}' is blank; give it a few words, they become a heading.", name);

    public static ArgumentException ModelNameTaken(string name) => new(
        $"The report has a model called '{name}' already; models need names of their own, so that a reader can tell them apart.", nameof(name));

    public static ArgumentException UnknownPictureFormat(string picture, int bytes) => new(
        $"The {bytes} bytes of the picture '{picture}' are none of PNG, JPEG, GIF and WebP, which browsers show; encode the picture as one of them.");
}
