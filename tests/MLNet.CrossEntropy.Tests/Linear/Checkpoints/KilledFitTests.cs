using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>A fit in a process of its own, which is killed twice and begun again: the same bits as one that nobody disturbs.</summary>
public sealed class KilledFitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Solver.Sgd)]
    [InlineData(Solver.Saga)]
    public void A_killed_process_is_taken_up_by_the_next(Solver solver)
    {
        string program = OtherProcess.ProgramOf("FitsUntilKilled"), path = _folder.File("fit.checkpoint");
        string[] Lines(params string[] arguments) => OtherProcess.Run(_folder.Name, "dotnet", [program, $"{solver}", .. arguments])
            .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        var whole = Lines();
        Assert.Equal(41, whole.Length);
        foreach (var epoch in (string[])["7", "23"])
        {
            Assert.True(OtherProcess.KillAt(epoch, "dotnet", program, $"{solver}", path));
            Assert.True(File.Exists(path));
        }

        var resumed = Lines(path);
        Assert.InRange(resumed.Length, 2, 34);
        Assert.Equal(whole[^resumed.Length..], resumed);
        Assert.Empty(Directory.GetFiles(_folder.Name));
    }
}
