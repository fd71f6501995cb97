namespace MLNet.CrossEntropy.Tests.Mpi;

/// <summary>A test that starts ranks by Open MPI's mpirun, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpiFactAttribute : FactAttribute
{
    /// <param name="isAcrossHosts">Whether it needs three hosts, which are network namespaces.</param>
    public MpiFactAttribute(bool isAcrossHosts = false) => Skip = isAcrossHosts ? MpiRun.HostsMissing : MpiRun.Missing;
}

/// <summary>The same of a test with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute() => Skip = MpiRun.Missing;
}
