using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>One optimizer's arithmetic on one vector of parameters, with this step's constants as fields.</summary>
internal interface IElementRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many of the slots <c>a, b, c</c> the rule uses.</summary>
    static abstract int Slots { get; }

    /// <summary>Updates parameters <paramref name="p"/> and the slots from gradient <paramref name="g"/>, element by element.</summary>
    void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> a, ref Vector<T> b, ref Vector<T> c);
}
