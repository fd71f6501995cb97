namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>The confusion matrix as text.</summary>
public sealed class ConfusionTextTests
{
    [Fact]
    public void Few_short_names_are_shown_as_they_are() => Assert.Equal(
        """
        actual \ predicted      cat     dog
        cat                       3       1
        dog                       0      12

        """.ReplaceLineEndings("\n"),
        Matrix(["cat", "dog"], (i, j) => new[,] { { 3, 1 }, { 0, 12 } }[i, j]).ToString());

    [Theory]
    [InlineData(20, 21)]
    [InlineData(21, 22)]
    [InlineData(1000, 22)]
    public void Long_names_are_cut_and_many_classes_left_out(int classes, int lines)
    {
        string[] names = [.. Enumerable.Range(0, classes).Select(i => $"{i} is a class with a very long name")];
        var text = Matrix(names, (_, _) => 1).ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(lines, text.Length);
        Assert.StartsWith("0 is a class wi… ", text[1], StringComparison.Ordinal);
        Assert.All(text, line => Assert.InRange(line.Length, 1, 19 + 20 * 17));
        Assert.Equal(classes > 20, text[^1] == $"... and {classes - 20} more classes");
    }

    private static ClassConfusionMatrix Matrix(string[] names, Func<int, int, int> cell)
    {
        var rows = new long[names.Length, names.Length];
        var weights = new double[names.Length, names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            for (var j = 0; j < names.Length; j++)
                (rows[i, j], weights[i, j]) = (cell(i, j), cell(i, j));
        }
        return new(names, rows, weights);
    }
}
