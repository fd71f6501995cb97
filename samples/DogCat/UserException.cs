namespace DogCat;

/// <summary>Something the user can put right; the message alone is shown.</summary>
public sealed class UserException(string message) : Exception(message);
