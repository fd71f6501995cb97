using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>The text of a record as the compiler makes it, but in one line and in the invariant culture.</summary>
internal static class RecordText
{
    /// <summary>The record's name and members.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="printMembers">What the compiler made to print its members.</param>
    public static string Of(Type type, Func<StringBuilder, bool> printMembers)
    {
        var current = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var text = new StringBuilder(type.Name.Split('`')[0]).Append(" { ");
            return PlainText.Escape(text.Append(printMembers(text) ? " }" : "}").ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = current;
        }
    }
}
