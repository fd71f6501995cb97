namespace MLNet.CrossEntropy;

/// <summary>The unit of information.</summary>
public enum LogBase
{
    /// <summary>Natural logarithms: the unit of every loss here.</summary>
    Nats,

    /// <summary>Logarithms to base 2; a bit is ln 2 = 0.693 nats.</summary>
    Bits,
}
