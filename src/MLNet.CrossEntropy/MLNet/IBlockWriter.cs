using MLNet.CrossEntropy.Linear;


namespace MLNet.CrossEntropy.MLNet;

/// <summary>Collects the feature vectors of one block of rows at a time.</summary>
internal interface IBlockWriter
{
    /// <summary>The rows collected since the last <see cref="TakeBlock"/>.</summary>
    int Rows { get; }

    /// <summary>Adds a row: a value for each feature (<paramref name="indices"/> unused), or only those at <paramref name="indices"/>.</summary>
    void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices);

    /// <summary>Hands over the collected rows as a block and begins anew.</summary>
    /// <param name="spare">A block that nobody needs any more, whose arrays may be used again; null for none.</param>
    RowBlock TakeBlock(RowBlock? spare);

    /// <summary>Forgets the collected rows.</summary>
    void Clear();

    /// <summary>Gives up the room for more rows, until the next row.</summary>
    void Release();
}
