namespace DogCat.Tests;

/// <summary>A test that only says something where file permissions bind.</summary>
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            Skip = "File permissions do not bind this user.";
    }
}
