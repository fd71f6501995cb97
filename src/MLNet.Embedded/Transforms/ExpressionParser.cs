using System.Globalization;
using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Reads the small part of ML.NET's expression language that this host computes: a formula of one Single,
/// <c>x : ...</c> or <c>(x) => ...</c>, of whole numbers, + - * /, exp, log and at most one comparison.
/// </summary>
internal sealed partial class ExpressionParser
{
    private readonly string _text;
    private readonly string[] _tokens;
    private readonly ParameterExpression _parameter;
    private int _next;

    private ExpressionParser(string text)
    {
        _text = text;
        _tokens = [.. Tokens().Matches(text).Select(match => match.Groups[1].Value)];
        bool inParentheses = Take("(");
        _parameter = Expression.Parameter(typeof(float), TakeAny());
        if ((inParentheses && !Take(")")) || !(Take(":") || Take("=>")))
            throw Unsupported();
    }

    /// <summary>The formula as a function of Single, whose result is Single or Boolean.</summary>
    public static LambdaExpression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        Expression body = parser.ParseComparison();
        if (parser._next < parser._tokens.Length || body is ConstantExpression)
            throw parser.Unsupported();
        return Expression.Lambda(body, parser._parameter);
    }

    [GeneratedRegex(@"\s*(=>|<=|>=|\w+|\S)")]
    private static partial Regex Tokens();

    private Expression ParseComparison()
    {
        Expression left = ParseSum();
        return Take("<=") ? Combine(ExpressionType.LessThanOrEqual, left, ParseSum())
            : Take(">=") ? Combine(ExpressionType.GreaterThanOrEqual, left, ParseSum())
            : Take("<") ? Combine(ExpressionType.LessThan, left, ParseSum())
            : Take(">") ? Combine(ExpressionType.GreaterThan, left, ParseSum())
            : left;
    }

    private Expression ParseSum()
    {
        Expression left = ParseProduct();
        while (true)
        {
            if (Take("+"))
                left = Combine(ExpressionType.Add, left, ParseProduct());
            else if (Take("-"))
                left = Combine(ExpressionType.Subtract, left, ParseProduct());
            else
                return left;
        }
    }

    private Expression ParseProduct()
    {
        Expression left = ParseSigned();
        while (true)
        {
            if (Take("*"))
                left = Combine(ExpressionType.Multiply, left, ParseSigned());
            else if (Take("/"))
                left = Combine(ExpressionType.Divide, left, ParseSigned());
            else
                return left;
        }
    }

    private Expression ParseSigned() => Take("-") ? Expression.Negate(Number(ParseSigned())) : ParseOperand();

    private Expression ParseOperand()
    {
        string token = TakeAny();
        if (token == _parameter.Name)
            return _parameter;
        if (int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return Expression.Constant((float)number);
        Func<double, double> function = token switch
        {
            "(" => null,
            "exp" => Math.Exp,
            "log" => Math.Log,
            _ => throw Unsupported(),
        };
        if (function is not null && !Take("("))
            throw Unsupported();
        Expression inner = ParseComparison();
        if (!Take(")"))
            throw Unsupported();

        // Functions are computed in Double and rounded, as ML.NET does.
        return function is null ? inner
            : Expression.Convert(Expression.Call(function.Method, Expression.Convert(Number(inner), typeof(double))), typeof(float));
    }

    /// <summary>ML.NET computes with two whole numbers in whole numbers, which is not done here.</summary>
    private BinaryExpression Combine(ExpressionType operation, Expression left, Expression right)
        => left is ConstantExpression && right is ConstantExpression ? throw Unsupported() : Expression.MakeBinary(operation, Number(left), Number(right));

    private Expression Number(Expression operand) => operand.Type == typeof(float) ? operand : throw Unsupported();

    private bool Take(string token)
    {
        if (_next >= _tokens.Length || _tokens[_next] != token)
            return false;
        _next++;
        return true;
    }

    private string TakeAny() => _next < _tokens.Length ? _tokens[_next++] : throw Unsupported();

    private NotSupportedException Unsupported() => new(
        $"The embedded ML.NET host cannot compute the expression '{_text}': it knows one Single parameter, whole numbers, + - * /, exp, log and a comparison (stopped at '{(_next < _tokens.Length ? _tokens[_next] : "the end")}').");
}
