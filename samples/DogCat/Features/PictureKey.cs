using System.Buffers.Binary;
using System.Security.Cryptography;
using PictureFiles;

namespace DogCat.Features;

/// <summary>Names a picture by its pixels: half of their SHA-256. Equal pictures have equal features, whatever their files are called.</summary>
internal static class PictureKey
{
    public static UInt128 Of(Picture picture)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(picture.Rgb, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
