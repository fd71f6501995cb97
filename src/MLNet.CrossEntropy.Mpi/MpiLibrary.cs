using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MLNet.CrossEntropy.Mpi;

/// <summary>
/// The functions of the system's MPI that are needed, found at run time. The two families of MPI differ in what a handle is: of Open MPI
/// the address of an object, of MPICH (and what is made of it: Intel MPI, MVAPICH, MS-MPI) a number.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const int ThreadSerialized = 2;
    private const int LongestVersion = 8192;

    // MPICH's, fixed by its ABI.
    private const nint WorldOfMpich = 0x44000000;
    private const nint ByteOfMpich = 0x4c00010d;

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so.80", "libmpi.40.dylib"];
    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "msmpi.dll"];
    private static readonly string[] AnyNames = ["libmpi.so", "libmpi.dylib", "libmpich.so"];

    private readonly nint _library;
    private readonly nint _world;
    private readonly nint _byte;
    private readonly int _anySource;
    private readonly int _sourcePlace;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> _send;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> _receive;
    private readonly delegate* unmanaged<nint*, int*, int*, int> _test;
    private readonly delegate* unmanaged<int, int, nint, int*, int*, int> _probe;

    private MpiLibrary(nint library, string name)
    {
        (_library, Name) = (library, name);
        var isOpenMpi = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world);
        _world = isOpenMpi ? world : WorldOfMpich;
        _byte = isOpenMpi ? NativeLibrary.GetExport(library, "ompi_mpi_byte") : ByteOfMpich;
        _anySource = isOpenMpi ? -1 : -2;
        // MPI_Status begins with the source, with MPICH after the two ints of its count.
        _sourcePlace = isOpenMpi ? 0 : 2;
        _send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
        _receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
        _test = (delegate* unmanaged<nint*, int*, int*, int>)Export("MPI_Test");
        _probe = (delegate* unmanaged<int, int, nint, int*, int*, int>)Export("MPI_Iprobe");
    }

    /// <summary>The file that was loaded.</summary>
    public string Name { get; }

    /// <summary>Loads the library that goes with the launcher which started this process.</summary>
    /// <param name="isOpenMpi">Whether that was Open MPI's; null where it is not known.</param>
    /// <exception cref="DllNotFoundException">There is none.</exception>
    public static MpiLibrary Load(bool? isOpenMpi)
    {
        string[] names = isOpenMpi switch
        {
            true => [.. OpenMpiNames, .. AnyNames],
            false => [.. MpichNames, .. AnyNames],
            null => [.. AnyNames, .. OpenMpiNames, .. MpichNames],
        };
        foreach (var name in names)
        {
            if (TryLoad(name, out var library))
                return new MpiLibrary(library, name);
        }

        throw new DllNotFoundException($"This process was started by {Launcher(isOpenMpi)}, but the library of MPI was not found; "
            + $"looked for {string.Join(", ", names.Distinct())}. Install it on every machine (Debian: apt install "
            + $"{(isOpenMpi == false ? "libmpich12" : "libopenmpi3")}), or put its folder in LD_LIBRARY_PATH.");
    }

    /// <summary>Begins; returns rank and size.</summary>
    /// <exception cref="InvalidOperationException">MPI says no.</exception>
    public (int Rank, int Size) Init()
    {
        int provided, rank, size;
        Check(((delegate* unmanaged<int*, byte***, int, int*, int>)Export("MPI_Init_thread"))(null, null, ThreadSerialized, &provided),
            "MPI_Init_thread");
        Check(((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank"))(_world, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size"))(_world, &size), "MPI_Comm_size");
        return (rank, size);
    }

    /// <summary>What it calls itself.</summary>
    public string Version()
    {
        var text = new byte[LongestVersion];
        var length = 0;
        fixed (byte* pointer = text)
            Check(((delegate* unmanaged<byte*, int*, int>)Export("MPI_Get_library_version"))(pointer, &length), "MPI_Get_library_version");
        return Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0', '\n').Split('\n', ',')[0]
            .Replace(" Version:\t", " ", StringComparison.Ordinal);
    }

    /// <summary>Begins to send; <paramref name="request"/> is done when <see cref="IsDone"/> says so.</summary>
    public void Send(void* values, int bytes, int to, int tag, nint* request) =>
        Check(_send(values, bytes, _byte, to, tag, _world, request), "MPI_Isend");

    /// <summary>Begins to receive; <paramref name="request"/> is done when <see cref="IsDone"/> says so.</summary>
    public void Receive(void* values, int bytes, int from, int tag, nint* request) =>
        Check(_receive(values, bytes, _byte, from, tag, _world, request), "MPI_Irecv");

    /// <summary>Whether a request has been met.</summary>
    public bool IsDone(nint* request)
    {
        int flag;
        var status = stackalloc int[16];
        Check(_test(request, &flag, status), "MPI_Test");
        return flag != 0;
    }

    /// <summary>The rank of which a message with this tag waits; -1 for none.</summary>
    public int Waiting(int tag)
    {
        int flag;
        var status = stackalloc int[16];
        Check(_probe(_anySource, tag, _world, &flag, status), "MPI_Iprobe");
        return flag != 0 ? status[_sourcePlace] : -1;
    }

    /// <summary>Ends in good order; waits for all ranks.</summary>
    public void Finish() => Check(((delegate* unmanaged<int>)Export("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Ends all ranks at once, this one too.</summary>
    public void Abort(int code) => _ = ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(_world, code);

    private static string Launcher(bool? isOpenMpi) => isOpenMpi switch
    {
        true => "Open MPI's mpirun",
        false => "MPICH's mpirun",
        null => "a launcher of MPI",
    };

    /// <summary>Loads for all: Open MPI's plug-ins look for its symbols among those of the process.</summary>
    private static bool TryLoad(string name, out nint library)
    {
        const int NowForAll = 0x102;
        if (!OperatingSystem.IsLinux() || !name.Contains(".so", StringComparison.Ordinal))
            return NativeLibrary.TryLoad(name, out library);
        library = Open(name, NowForAll);
        return library != 0;
    }

    [DllImport("libc", EntryPoint = "dlopen", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open(string name, int flags);

    private static void Check(int result, string function)
    {
        if (result != 0)
            throw new InvalidOperationException($"{function} ended with error {result.ToString(CultureInfo.InvariantCulture)}.");
    }

    private nint Export(string function) => NativeLibrary.GetExport(_library, function);
}
