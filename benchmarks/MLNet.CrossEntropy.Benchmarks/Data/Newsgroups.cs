using System.Text;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// 20 newsgroups as a bag of words: lower-cased runs of the letters a-z; words seen in at least 2 training messages, in alphabetical order;
/// each count c becomes <c>1 + ln c</c>; rows have Euclidean norm 1. The same as scikit-learn's
/// <c>TfidfVectorizer(token_pattern="[a-z]+", sublinear_tf=True, use_idf=False, min_df=2)</c>.
/// </summary>
internal static class Newsgroups
{
    public static (SparseSet Train, SparseSet Test) Read(DataFolder data)
    {
        (string Label, Dictionary<string, int> Counts)[] train = [.. Messages(data, "train.tsv.gz")];
        var labels = Numbered(train.Select(message => message.Label).Distinct());
        var words = Numbered(
            train.SelectMany(message => message.Counts.Keys).CountBy(word => word).Where(pair => pair.Value >= 2).Select(pair => pair.Key));
        return (Vectorise(train, words, labels), Vectorise(Messages(data, "test.tsv.gz"), words, labels));
    }

    private static IEnumerable<(string Label, Dictionary<string, int> Counts)> Messages(DataFolder data, string file)
    {
        foreach (var line in data.Lines("20newsgroups", file))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            yield return (line[..tab], CountWords(line.AsSpan(tab + 1)));
        }
    }

    private static Dictionary<string, int> CountWords(ReadOnlySpan<char> text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var word = new StringBuilder();
        foreach (var c in text)
        {
            var lower = char.ToLowerInvariant(c);
            if (lower is >= 'a' and <= 'z')
                word.Append(lower);
            else
                EndWord();
        }

        EndWord();
        return counts;

        void EndWord()
        {
            if (word.Length == 0)
                return;
            var key = word.ToString();
            counts[key] = counts.GetValueOrDefault(key) + 1;
            word.Clear();
        }
    }

    private static SparseSet Vectorise(
        IEnumerable<(string Label, Dictionary<string, int> Counts)> messages, Dictionary<string, int> words, Dictionary<string, int> labels)
    {
        var rows = new SparseSetBuilder(words.Count, labels.Count);
        foreach ((var label, var counts) in messages)
        {
            (int Index, double Value)[] known =
            [
                .. counts.Where(pair => words.ContainsKey(pair.Key))
                    .Select(pair => (words[pair.Key], 1 + Math.Log(pair.Value)))
                    .OrderBy(cell => cell.Item1),
            ];
            var norm = Math.Sqrt(known.Sum(cell => cell.Value * cell.Value));
            foreach ((var index, var value) in known)
                rows.Add(index, (float)(value / norm));
            rows.EndRow(labels[label]);
        }

        return rows.Build();
    }

    private static Dictionary<string, int> Numbered(IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
}
