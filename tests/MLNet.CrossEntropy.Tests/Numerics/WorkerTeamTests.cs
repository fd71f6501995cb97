using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Every_member_does_every_phase_once_and_the_caller_waits_for_all(int size)
    {
        using var team = new WorkerTeam(size);
        var done = new int[size];
        for (var phase = 1; phase <= 1_000; phase++)
        {
            team.Run(member => done[member]++);
            Assert.All(done, count => Assert.Equal(phase, count));
        }
    }

    [Fact]
    public void Members_wake_up_after_a_long_pause()
    {
        using var team = new WorkerTeam(2);
        var done = new int[2];
        for (var phase = 0; phase < 3; phase++)
        {
            team.Run(member => Interlocked.Increment(ref done[member]));
            Thread.Sleep(30);
        }

        Assert.Equal([3, 3], done);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 10)]
    [InlineData(8, 3)]
    public void Shares_cover_every_item_once_in_order(int size, int count)
    {
        using var team = new WorkerTeam(size);
        var next = 0;
        for (var member = 0; member < size; member++)
        {
            var (from, to) = team.Share(member, count);
            Assert.Equal(next, from);
            next = to;
        }

        Assert.Equal(count, next);
    }

    [Fact]
    public void The_first_failure_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new WorkerTeam(2);
        var failure = Assert.Throws<InvalidOperationException>(() => team.Run(member =>
        {
            if (member == 1)
                throw new InvalidOperationException("member 1");
        }));
        Assert.Equal("member 1", failure.Message);
        var done = 0;
        team.Run(_ => Interlocked.Increment(ref done));
        Assert.Equal(2, done);
    }

    [Fact]
    public void A_caller_that_only_waits_goes_on_alone_and_tries_again()
    {
        using var team = new WorkerTeam(2);
        var helped = 0;
        void Step(int member)
        {
            if (member == 0)
                return;
            helped++;
            Thread.Sleep(1);
        }

        for (var step = 0; step < 16; step++)
        {
            Assert.Equal(2, team.Size);
            team.Run(Step);
            team.Adapt();
        }

        Assert.Equal(16, helped);
        Assert.Equal(1, team.Size);
        Assert.Equal((0, 10), team.Share(0, 10));
        for (var step = 0; step < 1_000; step++)
        {
            team.Run(Step);
            team.Adapt();
        }

        Assert.Equal(16, helped);
        Assert.Equal(2, team.Size);
        team.Run(Step);
        Assert.Equal(17, helped);
    }

    [Fact]
    public void A_team_of_one_works_on_the_callers_thread()
    {
        using var team = new WorkerTeam(1);
        var thread = 0;
        team.Run(_ => thread = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }
}
