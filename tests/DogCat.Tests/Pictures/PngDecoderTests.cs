using System.Buffers.Binary;
using System.Text;
using PictureFiles;
using PictureFiles.Png;

namespace DogCat.Tests.Pictures;

public class PngDecoderTests
{
    private const int Limit = PngFixture.Width * PngFixture.Height;

    public static TheoryData<string> Names => [.. PngFixture.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decodes_every_kind_of_png(string name)
    {
        PngFixture fixture = PngFixture.Named(name);
        var picture = PngDecoder.Decode(fixture.Png, Limit);
        Assert.Equal((PngFixture.Width, PngFixture.Height), (picture.Width, picture.Height));
        Assert.Equal(fixture.Rgb, picture.Rgb.ToArray());
    }

    [Fact]
    public void The_fixtures_cover_all_kinds() => Assert.Equal(2 * (15 + 11), PngFixture.All.Count);

    [Theory]
    [InlineData("rgb8")]
    [InlineData("palette4-transparent-interlaced")]
    public void A_file_cut_off_anywhere_is_refused(string name)
    {
        var png = PngFixture.Named(name).Png;
        for (var length = 0; length < png.Length; length++)
        {
            var cut = png[..length];
            var exception = Assert.Throws<PictureException>(() => PictureFile.Decode(cut));
            Assert.NotEmpty(exception.Reason);
        }
    }

    [Theory]
    [InlineData("rgb8")]
    [InlineData("grey16-interlaced")]
    public void A_file_with_any_one_byte_changed_is_refused(string name)
    {
        var png = PngFixture.Named(name).Png;
        for (var at = 0; at < png.Length; at++)
        {
            byte[] changed = [.. png];
            changed[at] ^= 0x24;
            Assert.Throws<PictureException>(() => PictureFile.Decode(changed));
        }
    }

    [Fact]
    public void The_reason_says_what_is_wrong()
    {
        var png = PngFixture.Named("rgb8").Png;
        Assert.Equal("the file is empty", Reason([]));
        Assert.Equal("neither a PNG nor a JPEG picture (by its first bytes)", Reason("a,b\n1,2"u8.ToArray()));
        Assert.Equal("truncated PNG: the file ends too early", Reason(png[..^5]));
        Assert.Equal("damaged PNG: the checksum of its IHDR chunk is wrong", Reason([.. png[..20], 99, .. png[21..]]));
        Assert.Equal("damaged PNG: chunk IDAT where the header is due", Reason(Png(("IDAT", [1]))));
        Assert.Equal("damaged PNG: it holds no pixels", Reason(Png(("IHDR", Header()), ("IEND", []))));
        Assert.Equal("damaged PNG: chunk IHDR where a second header is not allowed", Reason(Png(("IHDR", Header()), ("IHDR", Header()))));
        Assert.Equal("damaged PNG: colour type 2 with 4 bits does not exist", Reason(Png(("IHDR", Header(depth: 4)))));
        Assert.Equal("damaged PNG: colour type 5 with 8 bits does not exist", Reason(Png(("IHDR", Header(colour: 5)))));
        Assert.Equal("damaged PNG: unknown compression 0, filter 0 or interlace 2 method", Reason(Png(("IHDR", Header(interlace: 2)))));
        Assert.Equal("a picture of 0 x 1 pixels", Reason(Png(("IHDR", Header(width: 0)))));
        Assert.Equal("this PNG needs the unknown chunk CgBI", Reason(Png(("IHDR", Header()), ("CgBI", [1]))));
        Assert.Equal("damaged PNG: a palette of 4 bytes", Reason(Png(("IHDR", Header(colour: 3)), ("PLTE", [1, 2, 3, 4]), ("IDAT", [1]), ("IEND", []))));
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 2 }, "its compressed pixels are broken or end too early")]
    [InlineData(new byte[] { 0, 1, 2, 3, 0 }, "more pixels than its header announces")]
    [InlineData(new byte[] { 5, 1, 2, 3 }, "row filter 5 does not exist")]
    public void Pixels_that_do_not_fit_the_header_are_refused(byte[] scanlines, string reason)
    {
        var png = Png(("IHDR", Header()), ("IDAT", Deflated(scanlines)), ("IEND", []));
        Assert.Equal("damaged PNG: " + reason, Reason(png));
    }

    [Fact]
    public void A_colour_outside_the_palette_is_refused()
    {
        var png = Png(("IHDR", Header(colour: 3)), ("PLTE", [1, 2, 3]), ("IDAT", Deflated([0, 1])), ("IEND", []));
        Assert.Equal("damaged PNG: colour 1 of a palette of 1", Reason(png));
    }

    [Fact]
    public void A_huge_picture_is_refused_before_any_memory_is_taken()
    {
        Assert.Equal("50,000 x 50,000 pixels; at most 100,000,000 pixels are taken", Reason(Png(("IHDR", Header(50_000, 50_000)))));
        Assert.Contains("at most", Reason(Png(("IHDR", Header(uint.MaxValue, uint.MaxValue)))), StringComparison.Ordinal);
        var png = PngFixture.Named("rgb8").Png;
        Assert.Throws<PictureException>(() => PngDecoder.Decode(png, Limit - 1));
    }

    private static string Reason(byte[] file) => Assert.Throws<PictureException>(() => PictureFile.Decode(file)).Reason;

    internal static byte[] Header(uint width = 1, uint height = 1, byte depth = 8, byte colour = 2, byte interlace = 0)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colour, interlace);
        return header;
    }

    internal static byte[] Deflated(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var deflate = new System.IO.Compression.ZLibStream(stream, System.IO.Compression.CompressionLevel.Fastest))
            deflate.Write(bytes);
        return stream.ToArray();
    }

    internal static byte[] Png(params (string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> number = stackalloc byte[4];
        foreach ((var type, var data) in chunks)
        {
            byte[] typeAndData = [.. Encoding.ASCII.GetBytes(type), .. data];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            file.Write(typeAndData);
            BinaryPrimitives.WriteUInt32BigEndian(number, CrcBitByBit(typeAndData));
            file.Write(number);
        }
        return file.ToArray();
    }

    /// <summary>The checksum by its definition, one bit at a time.</summary>
    private static uint CrcBitByBit(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (((crc ^ (uint)(b >> bit)) & 1) * 0xEDB88320u);
        }
        return ~crc;
    }
}
