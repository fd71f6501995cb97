namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>A test of real data, skipped with the reason where the data is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    /// <param name="file">The file it reads, within shared/data.</param>
    public SharedDataTheoryAttribute(string file) => Skip = SharedData.Missing(file);
}
