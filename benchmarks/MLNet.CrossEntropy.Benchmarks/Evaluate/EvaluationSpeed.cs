using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Evaluates the same scored rows by ML.NET's own evaluator and by ours, one after the other in one process, beside a cursor that reads
/// the columns and does nothing else: no evaluator that reads rows one after the other can take less.
/// </summary>
internal static class EvaluationSpeed
{
    private const int Repetitions = 7;
    private const int Classes = 10;

    private static long _sink;

    public static void Print(TextWriter output, int rows)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Microsoft.ML {NativeModels.Version}; .NET {Environment.Version}; {Environment.ProcessorCount} processors; {rows:N0} rows, " +
                $"{Classes} classes; shortest and median of {Repetitions} runs"));
        foreach ((var name, var view, var viewRows) in Views(rows))
            PrintTable(output, name, view, viewRows, Contenders());
        PrintTable(output, "A binary model's rows in arrays", new BinaryTable(rows), rows, BinaryContenders());
        foreach (var few in new[] { rows / 100, rows / 20 })
            PrintTable(output, "A small view over arrays", new ScoredTable(few, Classes), few, Contenders());

        // Four times the rows, the same memory: what is allocated, which bounds what is held, does not grow with them.
        foreach (var count in new[] { rows, 4 * rows })
            PrintTable(output, "Memory", new ScoredTable(count, Classes), count, Contenders().Skip(2).Take(2));
    }

    private static void PrintTable(
        TextWriter output, string name, IDataView view, int rows, IEnumerable<(string Name, Action<IDataView> Run)> contenders)
    {
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {rows:N0} rows"));
        output.WriteLine();
        output.WriteLine("| | shortest ms | median ms | least CPU ms | million rows/s | against the first | allocated MB |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        double? pace = null;
        foreach ((var what, var run) in contenders)
        {
            (var shortest, var median, var processor, var megabytes) = Time(() => run(view));
            pace ??= shortest;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {1e3 * shortest:F1} | {1e3 * median:F1} | {1e3 * processor:F1} | {rows / shortest / 1e6:F1} | " +
                    $"{pace / shortest:F1}x | {megabytes:F1} |"));
            output.Flush();
        }
    }

    private static IEnumerable<(string Name, Action<IDataView> Run)> BinaryContenders()
    {
        var ml = new MLContext(seed: 1);
        yield return ("ML.NET Evaluate", view => ml.BinaryClassification.Evaluate(view));
        yield return ("EvaluateCrossEntropy", view => ml.BinaryClassification.EvaluateCrossEntropy(view));
        yield return (
            "EvaluateCrossEntropy, one thread", view =>
            ml.BinaryClassification.EvaluateCrossEntropy(view, new BinaryEvaluationOptions { NumberOfThreads = 1 }));
    }

    private static IEnumerable<(string Name, Action<IDataView> Run)> Contenders()
    {
        var ml = new MLContext(seed: 1);
        yield return ("ML.NET Evaluate", view => ml.MulticlassClassification.Evaluate(view));
        yield return ("ML.NET Evaluate, top 10", view => ml.MulticlassClassification.Evaluate(view, topKPredictionCount: Classes));
        yield return ("EvaluateCrossEntropy", view => ml.MulticlassClassification.EvaluateCrossEntropy(view));
        yield return (
            "EvaluateCrossEntropy, one thread", view =>
            ml.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions { NumberOfThreads = 1 }));
        yield return (
            "without one-versus-rest", view =>
            ml.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions { OneVersusRest = false }));
        yield return ("bare cursor, one thread", ReadAll);
    }

    private static IEnumerable<(string Name, IDataView View, int Rows)> Views(int rows)
    {
        var ml = new MLContext(seed: 1);
        var table = new ScoredTable(rows, Classes);
        yield return ("A view over arrays", table, rows);

        SchemaDefinition schema = SchemaDefinition.Create(typeof(ScoredRow));
        schema[nameof(ScoredRow.Label)].ColumnType = new KeyDataViewType(typeof(uint), Classes);
        schema[nameof(ScoredRow.PredictedLabel)].ColumnType = new KeyDataViewType(typeof(uint), Classes);
        schema[nameof(ScoredRow.Score)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Classes);
        var objects = ml.Data.LoadFromEnumerable(table.ToObjects().ToList(), schema);
        yield return ("Objects in memory (LoadFromEnumerable)", objects, rows);
        yield return ("The same, cached (ml.Data.Cache)", ml.Data.Cache(objects), rows);

        // What follows takes long to read; fewer rows tell the same.
        var fewer = rows / 5;
        var some = ml.Data.TakeRows(objects, fewer);
        yield return (
            "Scored by a linear model as they are read", ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Label", "Score")
            .Fit(some).Transform(some), fewer);

        var file = Path.GetTempFileName();
        try
        {
            table.Write(file, fewer);
            yield return ("A text file", ml.Data.LoadFromTextFile(file, TextColumns), fewer);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static TextLoader.Column[] TextColumns =>
    [
        new("Label", DataKind.UInt32, [new TextLoader.Range(0)], new KeyCount(Classes)),
        new("Score", DataKind.Single, [new TextLoader.Range(1, Classes)]),
        new("PredictedLabel", DataKind.UInt32, [new TextLoader.Range(Classes + 1)], new KeyCount(Classes)),
    ];

    private static void ReadAll(IDataView view)
    {
        DataViewSchema.Column label = view.Schema["Label"], score = view.Schema["Score"];
        using var cursor = view.GetRowCursor([label, score]);
        var getLabel = cursor.GetGetter<uint>(label);
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        uint key = 0;
        VBuffer<float> scores = default;
        long sum = 0;
        while (cursor.MoveNext())
        {
            getLabel(ref key);
            getScore(ref scores);
            sum += key + scores.Length;
        }

        Volatile.Write(ref _sink, sum);
    }

    private static (double Shortest, double Median, double Processor, double Megabytes) Time(Action run)
    {
        run();
        var seconds = new List<double>();
        var processor = double.PositiveInfinity;
        long allocated = 0;
        for (var r = 0; r < Repetitions; r++)
        {
            GC.Collect();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var spent = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - spent).TotalSeconds);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        seconds.Sort();
        return (seconds[0], seconds[Repetitions / 2], processor, allocated / 1e6);
    }
}
