namespace MLNet.Host.Tests.Images;

public sealed class PathRow
{
    public string Path { get; set; } = "";

    public float Number { get; set; }
}
