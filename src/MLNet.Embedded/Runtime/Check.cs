using System.Runtime.CompilerServices;

namespace Microsoft.ML;

/// <summary>Checks of arguments, throwing the exception types that ML.NET throws.</summary>
internal static class Check
{
    internal static void NonEmpty(string value, [CallerArgumentExpression(nameof(value))] string name = null)
    {
        if (string.IsNullOrEmpty(value))
            throw new ArgumentNullException(name, $"{name} must be a non-empty string.");
    }

    internal static void Param<T>(bool condition, string name, T value, string requirement)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, $"{name} {requirement}, but is {value}.");
    }

    /// <summary>As above, for a requirement that is put into words only if it is not met.</summary>
    internal static void Param<T>(
        bool condition, string name, T value, [InterpolatedStringHandlerArgument(nameof(condition))] Requirement requirement)
    {
        if (!condition)
            Param(condition, name, value, requirement.Text.ToStringAndClear());
    }

    internal static ArgumentOutOfRangeException ColumnNotFound(string paramName, string role, string column)
        => new(paramName, $"Could not find {role} column '{column}'");

    internal static ArgumentOutOfRangeException ColumnMismatch(string paramName, string role, string column, string expected, string actual)
        => new(paramName, $"Schema mismatch for {role} column '{column}': expected {expected}, got {actual}");

    /// <summary>The column of that name, or the exception ML.NET throws when an input lacks it.</summary>
    internal static DataViewSchema.Column Column(DataViewSchema schema, string paramName, string role, string column)
        => schema.GetColumnOrNull(column) ?? throw ColumnNotFound(paramName, role, column);

    [InterpolatedStringHandler]
    internal ref struct Requirement
    {
        internal DefaultInterpolatedStringHandler Text;

        public Requirement(int literalLength, int formattedCount, bool condition, out bool isNeeded)
        {
            isNeeded = !condition;
            Text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string literal) => Text.AppendLiteral(literal);

        public void AppendFormatted<T>(T value) => Text.AppendFormatted(value);
    }
}
