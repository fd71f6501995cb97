using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MLNet.CrossEntropy.Optimization.Kernels;

/// <summary>
/// The rows of the next batch, to be brought from memory into the second-level cache a few lines at a time while a kernel computes on
/// the rows of this one. Rows are visited in random order, which no hardware prefetcher foresees.
/// </summary>
/// <remarks>
/// The second level it must be: fetching into the first is limited by its few line buffers, which takes more than twice as long, and
/// the lines would be gone again when their turn comes.
/// </remarks>
/// <param name="Parts">For each row of this batch, where a part of a row of the next begins.</param>
/// <param name="Lines">The cache lines of a part.</param>
internal readonly unsafe record struct RowsAhead(nint Parts, int Lines)
{
    public const int LineFloats = 16;

    /// <summary>The share of each part that pass <paramref name="pass"/> of <paramref name="passes"/> over the rows shall fetch.</summary>
    public AheadPass Pass(int pass, int passes)
    {
        var first = pass * Lines / passes;
        return new AheadPass((float**)Parts, first * LineFloats, ((pass + 1) * Lines / passes - first) * LineFloats);
    }
}

/// <summary>The floats <c>[offset, offset + length)</c> of each part.</summary>
internal readonly unsafe struct AheadPass(float** parts, nint offset, nint length)
{
    /// <summary>Begins to fetch from part <paramref name="part"/>, without waiting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(nint part)
    {
        if (!Sse.IsSupported || length == 0)
            return;
        float* start = parts[part] + offset;
        for (nint i = 0; i < length; i += RowsAhead.LineFloats)
            Sse.Prefetch1(start + i);
    }
}
