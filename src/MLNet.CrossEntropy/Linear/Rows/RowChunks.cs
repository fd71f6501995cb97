using System.Collections;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The rows of a source as sets, one a chunk; each enumeration is a pass, and each set lives until the next is asked for.</summary>
internal sealed class RowChunks(IRowSource source) : IEnumerable<RowSet>
{
    public IEnumerator<RowSet> GetEnumerator()
    {
        foreach (var chunk in source.Chunks())
        {
            using var rows = new RowSet(chunk);
            yield return rows;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
