namespace MLNet.CrossEntropy.Linear;

/// <summary>Rows that are read anew in each pass, for data that shall not be held in memory.</summary>
internal interface IRowSource
{
    /// <summary>
    /// One pass over the rows, chunk by chunk: each a list of blocks as <see cref="RowSet"/> wants them, all chunks but the last with
    /// the same number of rows, the same rows in the same order in every pass. A chunk's blocks are the caller's only until it asks
    /// for the next chunk: their arrays are used again. One pass must end before the next begins.
    /// </summary>
    IEnumerable<IReadOnlyList<RowBlock>> Chunks();
}
