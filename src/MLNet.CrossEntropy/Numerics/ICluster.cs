namespace MLNet.CrossEntropy;

/// <summary>
/// Some processes that fit or evaluate together, each with rows of its own: its ranks, numbered from 0. All of them make the same calls in
/// the same order. Sums, and what else the ranks tell each other, are made of exchanges, in an order that <see cref="Size"/> does not
/// change. The package MLNet.CrossEntropy.Mpi has one on MPI.
/// </summary>
public interface ICluster
{
    /// <summary>Which of the processes this is, from 0.</summary>
    int Rank { get; }

    /// <summary>How many processes there are.</summary>
    int Size { get; }

    /// <summary>
    /// Sends a message to one rank and receives one from another, or the same; returns when both are done. Messages between two ranks
    /// arrive in the order in which they were sent.
    /// </summary>
    /// <param name="receiver">The rank that receives <paramref name="message"/>; -1 sends nothing.</param>
    /// <param name="message">What is sent.</param>
    /// <param name="sender">The rank that sends to this one; -1 receives nothing.</param>
    /// <param name="received">Receives the message; as long as it is.</param>
    /// <exception cref="InvalidOperationException">A rank has failed or left; the error names it and the cause.</exception>
    void Exchange(int receiver, ReadOnlySpan<byte> message, int sender, Span<byte> received);

    /// <summary>Tells the other ranks that this one cannot go on: their exchanges throw, naming it and the cause.</summary>
    /// <param name="cause">What went wrong here.</param>
    void Fail(Exception cause);
}
