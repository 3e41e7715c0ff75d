using System.Buffers.Binary;
using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.TestPictures;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Damage;

public sealed class DamageTests : IDisposable
{
    private static readonly PngWriter Gray = new() { Width = Pictures.Size, Height = Pictures.Size, Pixel = (x, y) => [Value(x, y, 6)] };

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Score_DamagedAndUnusualPictures_EachGivesTheRightRow()
    {
        var (png, jpeg) = (Gray.ToArray(), Jpeg());
        (string Name, byte[] File, string? Label, string? Error)[] pictures =
        [
            ("16 bit.png", (Gray with { Depth = 16, Pixel = (x, y) => [Value(x, y, 1) << 8] }).ToArray(), "1", null),
            ("alpha.png", (Gray with { Color = PngColor.Rgba, Pixel = (x, y) => [0, 0, 0, 255 - Value(x, y, 5)] }).ToArray(), "5", null),
            ("animated.gif", GifWriter.Write(Pictures.Size, Pictures.Size, (x, y) => Value(x, y, 7), (x, y) => Value(x, y, 2)), "7", null),
            ("cmyk.jpg", CmykJpegWriter.Write(4, 4, (_, y) => (0, 0, 0, (byte)(y > 0 ? 255 : 0))), "0", null),
            ("empty.png", [], null, "*"),
            ("gray alpha.png", (Gray with { Color = PngColor.GrayAlpha, Pixel = (x, y) => [Value(x, y, 2), 255] }).ToArray(), "2", null),
            ("huge.png", WithSize(png, 60_000), null, "too_large"),
            ("interlaced.png", (Gray with { Interlaced = true, Pixel = (x, y) => [Value(x, y, 3)] }).ToArray(), "3", null),
            ("no picture.png", "a text that somebody has renamed, long enough to be looked at"u8.ToArray(), null, "unknown_format"),
            ("palette.png", (
                Gray with { Color = PngColor.Palette, Palette = [0, 0, 0, 255, 255, 255],
                    Pixel = (x, y) => [Value(x, y, 8) > 100 ? 1 : 0] }).ToArray(), "8", null),
            ("rgb.png", (
                Gray with { Color = PngColor.Rgb, Pixel = (x, y) => [Value(x, y, 9), Value(x, y, 9), Value(x, y, 9)] }).ToArray(), "9",
                    null),
            ("truncated in the header.jpg", jpeg[..40], null, "truncated"),
            ("truncated.jpg", jpeg[..(jpeg.Length / 2)], null, "truncated"),
            ("truncated.png", png[..(png.Length / 2)], null, "truncated"),
            ("wrong crc.png", WithWrongCrc(png), null, "damaged"),
            ("wrong extension.jpg", (Gray with { Pixel = (x, y) => [Value(x, y, 4)] }).ToArray(), "4", null),
            ("zero size.png", WithSize(png, 0), null, "*"),
        ];
        var model = Pictures.WriteModel(directory["model"]);
        Directory.CreateDirectory(directory["pictures"]);
        foreach (var (name, file, _, _) in pictures)
            File.WriteAllBytes(directory["pictures", name], file);

        var (code, _) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], directory["pictures"]));

        Assert.Equal(ExitCode.CheckFailed, code);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        var found = rows.Select(row => (Path.GetFileName(row.Text("path")!), row.Text("label"), row.Text("error"))).ToArray();
        Assert.Equal(
            pictures.Select(picture => (picture.Name, picture.Label, picture.Error)),
            found.Zip(pictures, (row, picture) => picture.Error == "*" && row.Item3 is not null ? (row.Item1, row.Item2, "*") : row));
        Assert.All(
            rows.Where(row => row.Text("error") is not null), row =>
                Assert.Matches("expected|before the picture does", row.Text("error_text")));
    }

    [Fact]
    public async Task Score_PhotographedDigits_AreReadByTheShippedModel()
    {
        var model = Path.Combine(EndToEnd.Tests.RepositoryTree.Root, "models", "lenet5-mnist", "1");
        Assert.SkipUnless(Directory.Exists(model), $"{model} is not there");
        foreach (var (digit, number) in PhotographedDigit.Take(60, seed: 7).Select((digit, number) => (digit, number)))
        {
            Directory.CreateDirectory(directory["digits", $"{digit.Label}"]);
            File.WriteAllBytes(directory["digits", $"{digit.Label}", $"{number}.{(number % 2 == 0 ? "jpg" : "png")}"], digit.Encoded);
        }

        var (code, messages) = await Scorer.Run(
            Scorer.Options(model, directory["scores.jsonl"], directory["digits"]) with { Imaging = LeNetServe.Imaging.Geometry.Digit });

        TestContext.Current.TestOutputHelper?.WriteLine(messages);
        Assert.Equal(ExitCode.Success, code);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        Assert.InRange(rows.Count(row => row.Text("label") == row.Text("actual")), 54, 60);
    }

    private static byte[] Jpeg()
    {
        using var bitmap = SkiaSharp.SKBitmap.Decode(Gray.ToArray());
        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    private static byte[] WithSize(byte[] png, int size)
    {
        byte[] changed = [.. png];
        var header = changed.AsSpan(PngWriter.OffsetOf(changed, "IHDR"u8));
        BinaryPrimitives.WriteInt32BigEndian(header[8..], size);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], size);
        BinaryPrimitives.WriteUInt32BigEndian(header[21..], PngWriter.Crc(header[4..21]));
        return changed;
    }

    private static byte[] WithWrongCrc(byte[] png)
    {
        byte[] changed = [.. png];
        changed[PngWriter.OffsetOf(changed, "IEND"u8) - 1] ^= 0xff;
        return changed;
    }

    /// <summary>A pixel of a class, as the stripe model wants it.</summary>
    private static byte Value(int x, int y, int label) => ((y * 28) + x) * 10 / (28 * 28) == label ? (byte)240 : (byte)20;
}
