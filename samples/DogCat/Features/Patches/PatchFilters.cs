using System.Runtime.InteropServices;

namespace DogCat.Features.Patches;

/// <summary>
/// Filters that find a pattern in a patch. Filter k answers <c>max(0, f_k . (u - mean) - threshold)</c> to a normalised patch u: how far
/// the patch resembles a pattern seen in training, beyond what is usual. <see cref="PatchLearning"/> makes them from pictures.
/// </summary>
public sealed class PatchFilters
{
    /// <summary>How many filters.</summary>
    public const int Count = 50 * ResponseKernel.PanelWidth;

    /// <summary>Inputs of a filter: a patch, and a 1 whose weight is minus the filter's answer to the mean patch and the threshold.</summary>
    internal const int Inputs = Patch.Length + 1;

    private readonly float[] _panels;

    /// <summary>Takes over the weights, in panels of <see cref="ResponseKernel.PanelWidth"/> filters: [panel, input, filter].</summary>
    internal PatchFilters(float[] panels)
    {
        if (panels.Length != Count * Inputs)
            throw new ArgumentException($"{Count} filters have {Count * Inputs} weights, not {panels.Length}.", nameof(panels));
        _panels = panels;
    }

    /// <summary>The weights, see the constructor.</summary>
    internal ReadOnlySpan<float> Panels => _panels;

    /// <summary>The weights as bytes, as <see cref="Read"/> takes them.</summary>
    public ReadOnlySpan<byte> AsBytes() => MemoryMarshal.AsBytes(Panels);

    /// <summary>Reads what <see cref="AsBytes"/> gave.</summary>
    /// <exception cref="EndOfStreamException">There are fewer bytes than the filters have.</exception>
    public static PatchFilters Read(Stream stream)
    {
        var panels = new float[Count * Inputs];
        stream.ReadExactly(MemoryMarshal.AsBytes(panels.AsSpan()));
        return new PatchFilters(panels);
    }

    /// <summary>Where a weight is among <see cref="Panels"/>.</summary>
    internal static int At(int filter, int input) =>
        ((filter / ResponseKernel.PanelWidth * Inputs) + input) * ResponseKernel.PanelWidth + filter % ResponseKernel.PanelWidth;
}
