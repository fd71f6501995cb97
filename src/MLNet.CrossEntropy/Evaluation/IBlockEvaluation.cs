using MLNet.CrossEntropy.MLNet;


namespace MLNet.CrossEntropy.Evaluation;

/// <summary>An evaluation as <see cref="EvaluationPipeline{TBlock}"/> drives it: rows are read, judged, and added up, block by block.</summary>
/// <typeparam name="TBlock">What a block of rows is judged to.</typeparam>
internal interface IBlockEvaluation<TBlock>
    where TBlock : class
{
    ScoredBlock NewRows();

    TBlock NewBlock();

    /// <summary>Fills <paramref name="rows"/> with the next rows, on the caller's thread; false when none is left.</summary>
    bool Read(ScoredBlock rows);

    /// <summary>Judges each row by itself, on any thread: what it writes depends on <paramref name="rows"/> alone.</summary>
    void Judge(ScoredBlock rows, TBlock block);

    /// <summary>The number of parts in which blocks are added up, side by side.</summary>
    int Lanes { get; }

    /// <summary>Adds a block in one lane; each lane sees all blocks in the order of the rows, one after the other.</summary>
    void Add(int lane, TBlock block);
}
