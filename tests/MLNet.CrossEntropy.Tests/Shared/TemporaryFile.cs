namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A file name of its own, deleted at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Name { get; } = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(Name);
}
