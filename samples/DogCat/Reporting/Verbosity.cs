namespace DogCat.Reporting;

/// <summary>How much the program says.</summary>
public enum Verbosity
{
    /// <summary>What it does, how far it is, and the results.</summary>
    Normal,

    /// <summary>The results alone.</summary>
    Quiet,

    /// <summary>One JSON document on the standard output, and nothing else there.</summary>
    Json,
}
