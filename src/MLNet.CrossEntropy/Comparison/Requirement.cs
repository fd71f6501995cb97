using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Checks conditions and says in words which are not met, what was seen, and what the result itself warns of.</summary>
internal static class Requirement
{
    public static T Check<T>(T result, IReadOnlyList<Expression<Func<T, bool>>> conditions, IReadOnlyList<string> remarks)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(result);
        string[] failures =
            [.. conditions.SelectMany(c => Parts(c.Body).Select(part => Failure(result, c.Parameters[0], part)).OfType<string>())];
        if (failures.Length == 0)
            return result;
        StringBuilder text = new(failures.Length == 1 ? "A requirement is not met." : $"{failures.Length} requirements are not met.");
        foreach (var line in failures.Select(f => "\n- " + f).Concat(remarks.Select(r => "\n  " + r)))
            text.Append(line);
        throw new RequirementNotMetException(text.ToString());
    }

    /// <summary>What stands between &amp;&amp;, so that each is told by itself.</summary>
    private static IEnumerable<Expression> Parts(Expression condition) =>
        condition is BinaryExpression { NodeType: ExpressionType.AndAlso } both ? Parts(both.Left).Concat(Parts(both.Right)) : [condition];

    private static string? Failure<T>(T result, ParameterExpression parameter, Expression condition)
    {
        if ((bool)Value(condition)!)
            return null;
        ConditionText text = new(parameter);
        var seen = condition is BinaryExpression binary
            ? string.Join(
                ", ", new[] { binary.Left, binary.Right }.Where(ConditionText.Knows).Select(side => $"{text.Of(side)} is {Seen(side)}"))
            : "";
        return $"{text.Of(condition)}{(seen.Length == 0 ? ": it is false." : $": {seen}.")}";

        object? Value(Expression expression) =>
            Expression.Lambda(expression, parameter).Compile(preferInterpretation: true).DynamicInvoke(result);

        string Seen(Expression side)
        {
            var interval = side is MemberExpression { Expression: { } owner, Member: PropertyInfo { Name: "LogLoss" or "ClippedLogLoss" } }
                && owner.Type.GetProperty(nameof(CrossEntropyMetrics.LogLossInterval)) is { } property
                ? $" ({Value(Expression.Property(owner, property))})" : "";
            return ConditionText.OfValue(Value(side)) + interval;
        }
    }
}

/// <summary>Writes an expression as C# would, what does not depend on the parameter as the value that it has.</summary>
internal sealed class ConditionText(ParameterExpression parameter)
{
    private static readonly Dictionary<ExpressionType, string> Operators = new()
    {
        [ExpressionType.LessThan] = "<",
        [ExpressionType.LessThanOrEqual] = "<=",
        [ExpressionType.GreaterThan] = ">",
        [ExpressionType.GreaterThanOrEqual] = ">=",
        [ExpressionType.Equal] = "==",
        [ExpressionType.NotEqual] = "!=",
        [ExpressionType.OrElse] = "||",
        [ExpressionType.AndAlso] = "&&",
        [ExpressionType.Add] = "+",
        [ExpressionType.Subtract] = "-",
        [ExpressionType.Multiply] = "*",
        [ExpressionType.Divide] = "/",
    };

    public static string OfValue(object? value) => value switch
    {
        string text => $"\"{PlainText.Escape(text)}\"",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Take(5).Select(OfValue))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null",
    };

    /// <summary>Whether the parameter, or that of an inner lambda, stands in the expression.</summary>
    public static bool Knows(Expression expression)
    {
        Finder finder = new();
        _ = finder.Visit(expression);
        return finder.Found;
    }

    public string Of(Expression expression) => expression switch
    {
        ParameterExpression p => p.Name ?? parameter.Name ?? "x",
        _ when !Knows(expression) => OfValue(Expression.Lambda(expression).Compile(preferInterpretation: true).DynamicInvoke()),
        MemberExpression { Expression: { } owner } member => $"{Of(owner)}.{member.Member.Name}",
        MethodCallExpression { Object: { } owner, Method.Name: "get_Item" } item => $"{Of(owner)}[{List(item.Arguments)}]",
        MethodCallExpression { Object: { } owner } call => $"{Of(owner)}.{call.Method.Name}({List(call.Arguments)})",
        MethodCallExpression call => $"{Of(call.Arguments[0])}.{call.Method.Name}({List(call.Arguments.Skip(1))})",
        BinaryExpression binary when Operators.TryGetValue(binary.NodeType, out var name) => $"{Of(binary.Left)} {name} {Of(binary.Right)}",
        UnaryExpression { NodeType: ExpressionType.Not } not => $"!({Of(not.Operand)})",
        UnaryExpression unary => Of(unary.Operand),
        LambdaExpression lambda => $"{lambda.Parameters[0].Name} => {Of(lambda.Body)}",
        _ => expression.ToString(),
    };

    private string List(IEnumerable<Expression> arguments) => string.Join(", ", arguments.Select(Of));

    private sealed class Finder : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found = true;
            return node;
        }
    }
}
