using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PictureFiles.Png;

namespace DogCat.Features;

/// <summary>
/// Features on disk: a fingerprint of what computed them (version and filters), then a record for each picture: its
/// key, its features, a checksum. Records are only ever appended; reading stops at the first that is not sound.
/// </summary>
public sealed class FeatureFile
{
    private const int KeyBytes = 16;
    private const int ChecksumBytes = 4;

    /// <summary>Files of other filters are kept so long as there are fewer than this many newer ones.</summary>
    private const int Kept = 3;

    private readonly byte[] _fingerprint;
    private readonly int _count;
    private readonly string _path;

    /// <summary>The file for these features in <paramref name="folder"/>, which is made when the first record is written.</summary>
    public FeatureFile(string folder, PictureFeatures features)
    {
        _count = PictureFeatures.Count;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[PictureFeatures.Version, _count]));
        hash.AppendData(features.Filters.AsBytes());
        _fingerprint = hash.GetHashAndReset();
        _path = Path.Combine(folder, Convert.ToHexStringLower(_fingerprint.AsSpan(0, 8)) + Extension);
    }

    private static string Extension => ".features";

    /// <summary>Where features are kept unless another folder is asked for.</summary>
    public static string DefaultFolder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(),
        "DogCat");

    /// <summary>Hands over each sound record.</summary>
    public FeatureFileReport Read(Action<UInt128, float[]> take)
    {
        var read = 0;
        try
        {
            if (!File.Exists(_path))
                return new FeatureFileReport(_path, 0, 0, 0);
            using var file = File.OpenRead(_path);
            var fingerprint = new byte[_fingerprint.Length];
            if (file.ReadAtLeast(fingerprint, fingerprint.Length, throwOnEndOfStream: false) < fingerprint.Length || !fingerprint.AsSpan().SequenceEqual(_fingerprint))
                return new FeatureFileReport(_path, 0, 0, file.Length);
            var record = new byte[KeyBytes + _count * sizeof(float) + ChecksumBytes];
            var sound = file.Position;
            while (file.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length && IsSound(record))
            {
                take(BinaryPrimitives.ReadUInt128LittleEndian(record), MemoryMarshal.Cast<byte, float>(record.AsSpan(KeyBytes, _count * sizeof(float))).ToArray());
                sound = file.Position;
                read++;
            }
            return new FeatureFileReport(_path, read, sound, file.Length - sound);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new FeatureFileReport(_path, read, 0, 0, exception.Message);
        }
    }

    /// <summary>Writes further records after the sound ones that <paramref name="report"/> tells of.</summary>
    public FeatureFileReport Append(FeatureFileReport report, IReadOnlyList<(UInt128 Key, float[] Features)> records)
    {
        if (report.Trouble is not null)
            return report;
        try
        {
            var folder = Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // Nobody else may write at the same time.
            using (var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
            {
                file.SetLength(report.Bytes);
                file.Position = report.Bytes;
                if (report.Bytes == 0)
                    file.Write(_fingerprint);
                foreach ((var key, var features) in records)
                    file.Write(Record(key, features));
            }
            DeleteOld(folder);
            return report;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return report with { Trouble = exception.Message };
        }
    }

    private static byte[] Record(UInt128 key, float[] features)
    {
        var record = new byte[KeyBytes + features.Length * sizeof(float) + ChecksumBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(record, key);
        MemoryMarshal.AsBytes(features.AsSpan()).CopyTo(record.AsSpan(KeyBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan()[^ChecksumBytes..], Crc32.Of(record.AsSpan()[..^ChecksumBytes]));
        return record;
    }

    private static bool IsSound(byte[] record) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan()[^ChecksumBytes..]) == Crc32.Of(record.AsSpan()[..^ChecksumBytes]);

    private static void DeleteOld(DirectoryInfo folder)
    {
        foreach (var old in folder.GetFiles("*" + Extension).OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept))
            old.Delete();
    }
}
