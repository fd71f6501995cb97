using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Text of the caller's in one line that reads from left to right: in tables cleaned, in messages escaped.</summary>
internal static class PlainText
{
    /// <summary>
    /// A blank for each control character, line break and mark that would turn the direction of what follows; U+FFFD for half of a
    /// surrogate pair, which no file can hold.
    /// </summary>
    public static string Clean(string text) => Replace(text, static (rune, _) => rune == Rune.ReplacementChar ? "\ufffd" : " ");

    /// <summary>The same characters as C# writes them, so that whoever reads a message sees that they are there.</summary>
    public static string Escape(string text) => Replace(text, static (_, characters) => characters switch
    {
        "\n" => "\\n",
        "\r" => "\\r",
        "\t" => "\\t",
        "\0" => "\\0",
        _ => string.Concat(characters.ToArray().Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))),
    });

    private static string Replace(string text, Func<Rune, ReadOnlySpan<char>, string> replacement)
    {
        StringBuilder? changed = null;
        for (int i = 0, length; i < text.Length; i += length)
        {
            var isWhole = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out length) == System.Buffers.OperationStatus.Done;
            if (isWhole && IsOrdinary(rune))
                changed?.Append(rune);
            else
                (changed ??= new(text, 0, i, 2 * text.Length)).Append(replacement(rune, text.AsSpan(i, length)));
        }
        return changed?.ToString() ?? text;
    }

    private static bool IsOrdinary(Rune rune) => !Rune.IsControl(rune)
        && rune.Value is not (0x61c or 0x200e or 0x200f or (>= 0x2028 and <= 0x202e) or (>= 0x2066 and <= 0x2069));
}
