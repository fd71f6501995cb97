namespace DogCat.Commands;

/// <summary>What the program tells the shell. The numbers are promised in the README.</summary>
public enum ExitCode
{
    /// <summary>All was done.</summary>
    Done = 0,

    /// <summary>Done, but for pictures that could not be used; each was named.</summary>
    SomeRefused = 1,

    /// <summary>Nothing was done: the command line or what it names is not usable. The reason was told.</summary>
    Refused = 2,

    /// <summary>Interrupted (Ctrl-C); what there was by then was reported and saved.</summary>
    Interrupted = 130,
}
