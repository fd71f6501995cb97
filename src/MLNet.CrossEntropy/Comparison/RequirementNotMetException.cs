namespace MLNet.CrossEntropy;

/// <summary>
/// A result does not meet what was required of it (see CrossEntropyCatalog.Require). A test that it ends has failed; a program catches
/// it, writes its message and returns an exit code.
/// </summary>
public sealed class RequirementNotMetException : Exception
{
    internal RequirementNotMetException(string message)
        : base(message)
    {
    }
}
