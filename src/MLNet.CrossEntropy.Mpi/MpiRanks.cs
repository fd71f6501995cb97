using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Mpi;

/// <summary>
/// The messages between the ranks. Whoever waits for one looks out for news of a rank that has failed or left, too, so that nobody waits
/// for ever: requests are asked about in turns instead of being waited for.
/// </summary>
internal sealed unsafe class MpiRanks
{
    private const int MessageTag = 1;
    private const int FailureTag = 2;
    private const int LeaveTag = 3;

    private const int LargestPiece = 1 << 30;
    private const int LongestCause = 4096;

    // Between two looks for news, and before the first time that the processor is given to others.
    private const int AsksBetweenLooks = 64;

    // Some tens of milliseconds: who has waited so long may as well sleep for one.
    private const int AsksBeforeSleep = 1 << 16;

    // How long a rank that ends because of another lets that one tell the cause first.
    private static readonly TimeSpan FirstTellsTime = TimeSpan.FromSeconds(3);

    // How long the last messages of a rank that has left may be under way.
    private static readonly TimeSpan LastMessagesTime = TimeSpan.FromSeconds(2);

    private static MpiRanks? _joined;
    private static bool _hasJoined;

    private readonly MpiLibrary _library;
    private readonly long[] _leftAt;
    private readonly List<nint> _farewells = [];
    private InvalidOperationException? _failure;
    private bool _isMyFault;
    private bool _isOver;

    private MpiRanks(MpiLibrary library)
    {
        _library = library;
        (Rank, Size) = library.Init();
        Library = library.Version();
        _leftAt = new long[Size];
    }

    public int Rank { get; }

    public int Size { get; }

    public string Library { get; }

    public long BytesSent { get; private set; }

    public long MessagesSent { get; private set; }

    /// <summary>Joins the ranks; null where nothing says that the process is one of several.</summary>
    public static MpiRanks? Join()
    {
        if (_hasJoined)
            throw new InvalidOperationException("The process has joined a cluster before; MPI begins once in its life: keep the first.");
        int? openMpi = Number("OMPI_COMM_WORLD_SIZE"), hydra = Number("PMI_SIZE"), local = Number("MPI_LOCALNRANKS");
        if (openMpi is null && hydra is null && local is null && Number("PMIX_RANK") is null && Number("PMI_RANK") is null)
            return null;
        _hasJoined = true;
        var ranks = new MpiRanks(MpiLibrary.Load(openMpi is not null ? true : hydra is not null ? false : null));
        if ((openMpi ?? hydra) is { } promised && promised != ranks.Size)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The launcher started {promised} ranks, but {ranks._library.Name} ({ranks.Library}) knows of {ranks.Size}: it is not the "
                    + $"launcher's own MPI. Start with the mpirun of the library that is loaded, or put the right one first in "
                    + $"LD_LIBRARY_PATH."));
        }

        _joined = ranks;
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => ranks.EndAll(unhandled.ExceptionObject);
        return ranks;
    }

    public void Exchange(int to, ReadOnlySpan<byte> message, int from, Span<byte> received)
    {
        ThrowIfFailed();
        ObjectDisposedException.ThrowIf(_isOver, typeof(MpiCluster));
        fixed (byte* source = message, target = received)
        {
            long sent = 0, arrived = 0;
            var (toSend, toReceive) = (to < 0 ? 0 : message.Length, from < 0 ? 0 : received.Length);
            // Nothing is a message, too.
            var (sends, receives) = (to >= 0, from >= 0);
            while (sends || receives)
            {
                var (send, receive) = ((int)Math.Min(LargestPiece, toSend - sent), (int)Math.Min(LargestPiece, toReceive - arrived));
                ExchangePiece(sends ? to : -1, source + sent, send, receives ? from : -1, target + arrived, receive);
                if (sends)
                {
                    MessagesSent++;
                    BytesSent += send;
                }

                (sent, arrived) = (sent + send, arrived + receive);
                (sends, receives) = (sends && sent < toSend, receives && arrived < toReceive);
            }
        }
    }

    /// <summary>Tells all ranks of a failure here.</summary>
    public void Fail(Exception cause)
    {
        if (_failure is not null || _isOver)
            return;
        _isMyFault = true;
        var kind = cause.GetType() == typeof(InvalidOperationException) ? "" : $"{cause.GetType().Name}: ";
        var text = Describe(kind + cause.Message);
        _failure = new InvalidOperationException(text, cause);
        Tell(FailureTag, text);
    }

    /// <summary>Leaves in good order; not before all ranks do, and after a failure not without ending them.</summary>
    public void Leave()
    {
        if (_isOver)
            return;
        Tell(LeaveTag, "");
        _leftAt[Rank] = Stopwatch.GetTimestamp();
        for (var asks = 0; _failure is null && Array.IndexOf(_leftAt, 0) >= 0; asks++)
        {
            Look();
            Pause(asks);
        }

        _isOver = true;
        if (_failure is null)
            _library.Finish();
        else if (_isMyFault)
            End(_failure.Message);
        else if (Array.FindIndex(_leftAt, time => time > 0) == Rank)
            Console.Error.WriteLine(_failure.Message);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Pause(int asks)
    {
        if (asks < AsksBetweenLooks)
            Thread.SpinWait(1);
        else if (asks < AsksBeforeSleep)
            Thread.Yield();
        else
            Thread.Sleep(1);
    }

    private void ExchangePiece(int to, byte* message, int bytes, int from, byte* received, int room)
    {
        nint send = 0, receive = 0;
        bool isSent = to < 0, hasArrived = from < 0;
        if (!hasArrived)
            _library.Receive(received, room, from, MessageTag, &receive);
        if (!isSent)
            _library.Send(message, bytes, to, MessageTag, &send);
        for (var asks = 1; ; asks++)
        {
            isSent = isSent || _library.IsDone(&send);
            hasArrived = hasArrived || _library.IsDone(&receive);
            if (isSent && hasArrived)
                return;
            if (asks % AsksBetweenLooks == 0)
            {
                Look();
                ThrowIfFailed();
                ThrowIfLeft(isSent ? from : to);
            }

            Pause(asks);
        }
    }

    /// <summary>Takes in the news of other ranks.</summary>
    private void Look()
    {
        for (int rank; (rank = _library.Waiting(FailureTag)) >= 0;)
        {
            var failure = new InvalidOperationException(Hear(rank, FailureTag));
            _failure ??= failure;
        }

        for (int rank; (rank = _library.Waiting(LeaveTag)) >= 0;)
        {
            Hear(rank, LeaveTag);
            _leftAt[rank] = Stopwatch.GetTimestamp();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw new InvalidOperationException(_failure.Message, _failure.InnerException);
    }

    private void ThrowIfLeft(int rank)
    {
        if (_leftAt[rank] == 0 || Stopwatch.GetElapsedTime(_leftAt[rank]) < LastMessagesTime)
            return;
        _failure = new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"Rank {rank} of {Size} left the cluster while rank {Rank} waited for it: its program ended, or took another way than the "
                + $"others'. All ranks must make the same calls."));
        Tell(FailureTag, _failure.Message);
        throw new InvalidOperationException(_failure.Message);
    }

    /// <summary>Sends a text to all others without waiting until it has arrived.</summary>
    private void Tell(int tag, string text)
    {
        // Kept for the rest of the process: MPI may read it at any time.
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, LongestCause);
        var kept = (byte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(LongestCause);
        bytes.AsSpan(0, length).CopyTo(new Span<byte>(kept, LongestCause));
        for (var rank = 0; rank < Size; rank++)
        {
            nint request;
            if (rank == Rank)
                continue;
            _library.Send(kept, tag == LeaveTag ? 0 : LongestCause, rank, tag, &request);
            _farewells.Add(request);
        }

        // Small messages are gone at once; larger ones need to be asked about.
        for (var asks = 0; asks < 1000 && _farewells.Count > 0; asks++)
            Settle();
    }

    private void Settle()
    {
        for (var i = _farewells.Count - 1; i >= 0; i--)
        {
            var request = _farewells[i];
            if (_library.IsDone(&request))
                _farewells.RemoveAt(i);
        }
    }

    private string Hear(int rank, int tag)
    {
        var text = stackalloc byte[LongestCause];
        nint request;
        _library.Receive(text, LongestCause, rank, tag, &request);
        while (!_library.IsDone(&request))
            Thread.Yield();
        return tag == LeaveTag ? "" : Encoding.UTF8.GetString(text, LongestCause).TrimEnd('\0');
    }

    private string Describe(string cause) => string.Create(CultureInfo.InvariantCulture,
        $"Rank {Rank} of {Size} (process {Environment.ProcessId} on {Environment.MachineName}) failed: {cause}");

    /// <summary>What an exception that nobody has caught does: one error, then the end of all ranks.</summary>
    private void EndAll(object exception)
    {
        if (_isOver)
            return;
        // Another rank's failure is that one's to tell.
        if (_failure is not null && !_isMyFault)
            Thread.Sleep(FirstTellsTime);
        End(_isMyFault && exception is Exception mine && mine != _failure!.InnerException
            ? $"{_failure!.Message}\n{mine}"
            : _failure is not null ? $"{_failure.Message}\n{exception}" : Describe($"{exception}"));
    }

    private void End(string error)
    {
        _isOver = true;
        Console.Error.WriteLine(error);
        Console.Error.Flush();
        _library.Abort(1);
        Environment.Exit(1);
    }
}
