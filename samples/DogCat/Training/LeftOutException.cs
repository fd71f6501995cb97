namespace DogCat.Training;

/// <summary>A contender that cannot take part here; the message says why, in one line.</summary>
public sealed class LeftOutException : Exception
{
    /// <summary>Why it cannot.</summary>
    public LeftOutException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
