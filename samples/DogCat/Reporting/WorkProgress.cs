using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>Shows how far work is: a bar on a terminal, else a line now and then. Work of less than a second shows nothing but the bar.</summary>
public static class WorkProgress
{
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/>, which calls its argument after each of <paramref name="total"/> items, from any thread.</summary>
    public static T Run<T>(string what, string unit, int total, TextWriter lines, IAnsiConsole? terminal, Func<Action, T> work) =>
        terminal is null ? WithLines(unit, total, lines, work) : WithBar(what, unit, total, terminal, work);

    private static T WithLines<T>(string unit, int total, TextWriter lines, Func<Action, T> work)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;
        using (new Timer(_ => lines.WriteLine("  " + Describe(unit, Volatile.Read(ref done), total, Stopwatch.GetElapsedTime(start))), null, FirstLine, Interval))
            return work(() => Interlocked.Increment(ref done));
    }

    private static T WithBar<T>(string what, string unit, int total, IAnsiConsole terminal, Func<Action, T> work) => terminal.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RateColumn(unit))
        .Start(context =>
        {
            var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
            return work(() => task.Increment(1));
        });

    /// <summary>"3,120 of 6,000 pictures, 1,204 a second, 2 s left".</summary>
    internal static string Describe(string unit, int done, int total, TimeSpan elapsed)
    {
        var rate = done / Math.Max(elapsed.TotalSeconds, 1e-3);
        var speed = done == 0 ? "" : Invariant($", {rate:N0} a second, {Math.Max(0, total - done) / rate:F0} s left");
        return Invariant($"{done:N0} of {total:N0} {unit}{speed}");
    }

    private sealed class RateColumn(string unit) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Describe(unit, (int)task.Value, (int)task.MaxValue, task.ElapsedTime ?? TimeSpan.Zero));
    }
}
