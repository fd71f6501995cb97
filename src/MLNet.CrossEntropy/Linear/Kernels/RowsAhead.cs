using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Rows that a thread will come to next, to be brought from memory into the second-level cache a few lines at a time while a kernel
/// computes on the rows at hand. Rows are visited in random order, which no hardware prefetcher foresees.
/// </summary>
/// <remarks>
/// The second level it must be: fetching into the first is limited by its few line buffers, which takes more than twice as long, and
/// the lines would be gone again when their turn comes.
/// </remarks>
/// <param name="Pointers">For each row at hand, one of the rows to come.</param>
/// <param name="Lines">The cache lines of a row.</param>
internal readonly unsafe record struct RowsAhead(nint Pointers, int Lines)
{
    public const int LineFloats = 16;

    /// <summary>The part of each row that pass <paramref name="pass"/> of <paramref name="passes"/> over the rows shall fetch.</summary>
    public AheadPass Pass(int pass, int passes)
    {
        var first = pass * Lines / passes;
        return new AheadPass((float**)Pointers, first * LineFloats, ((pass + 1) * Lines / passes - first) * LineFloats);
    }
}

/// <summary>The floats <c>[offset, offset + length)</c> of each row.</summary>
internal readonly unsafe struct AheadPass(float** rows, nint offset, nint length)
{
    /// <summary>Begins to fetch from row <paramref name="row"/>, without waiting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(nint row)
    {
        if (!Sse.IsSupported || length == 0)
            return;
        var start = rows[row] + offset;
        for (nint i = 0; i < length; i += RowsAhead.LineFloats)
            Sse.Prefetch1(start + i);
    }
}
