namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A folder of its own, deleted at the end with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Name { get; } = Directory.CreateTempSubdirectory().FullName;

    public string File(string name) => Path.Combine(Name, name);

    public void Dispose() => Directory.Delete(Name, recursive: true);
}
