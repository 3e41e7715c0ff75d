using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.TestPictures;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Damage;

public sealed class DamageTests : IDisposable
{
    private static readonly RawPng Gray = new();

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Score_DamagedAndUnusualPictures_EachGivesTheRightRow()
    {
        var png = Gray.ToBytes((x, y) => [Value(x, y, 6)]);
        (string Name, byte[] File, string? Label, string? Error)[] pictures =
        [
            ("16 bit.png", (Gray with { BitDepth = 16 }).ToBytes((x, y) => [Value(x, y, 1), 0]), "1", null),
            ("alpha.png", (Gray with { ColorType = 6 }).ToBytes((x, y) => [0, 0, 0, (byte)(255 - Value(x, y, 5))]), "5", null),
            ("animated.gif", RawGif.Animated(28, (x, y) => (byte)(Value(x, y, 7) / 2), (x, y) => (byte)(Value(x, y, 2) / 2)), "7", null),
            ("cmyk.jpg", RawJpeg.Cmyk(4, (_, y) => y > 0), "0", null),
            ("empty.png", [], null, "*"),
            ("gray alpha.png", (Gray with { ColorType = 4 }).ToBytes((x, y) => [Value(x, y, 2), 255]), "2", null),
            ("huge.png", (Gray with { Width = 60_000, Height = 60_000 }).ToBytes((_, _) => [0]), null, "too_large"),
            ("interlaced.png", (Gray with { Interlaced = true }).ToBytes((x, y) => [Value(x, y, 3)]), "3", null),
            ("no picture.png", "a text that somebody has renamed, long enough to be looked at"u8.ToArray(), null, "unknown_format"),
            ("palette.png", (Gray with { ColorType = 3, Palette = [0, 0, 0, 255, 255, 255] }).ToBytes((x, y) => [(byte)(Value(x, y, 8) > 100 ? 1 : 0)]), "8", null),
            ("rgb.png", (Gray with { ColorType = 2 }).ToBytes((x, y) => [Value(x, y, 9), Value(x, y, 9), Value(x, y, 9)]), "9", null),
            ("truncated.png", png[..(png.Length / 2)], null, "truncated"),
            ("wrong crc.png", (Gray with { WrongCrc = true }).ToBytes((x, y) => [Value(x, y, 6)]), null, "damaged"),
            ("wrong extension.jpg", Gray.ToBytes((x, y) => [Value(x, y, 4)]), "4", null),
            ("zero size.png", (Gray with { Width = 0, Height = 0 }).ToBytes((_, _) => [0]), null, "*"),
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
        Assert.All(rows.Where(row => row.Text("error") is not null), row => Assert.Contains("expected", row.Text("error_text")));
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

        var (code, messages) = await Scorer.Run(Scorer.Options(model, directory["scores.jsonl"], directory["digits"]) with { Imaging = LeNetServe.Imaging.Geometry.Digit });

        TestContext.Current.TestOutputHelper?.WriteLine(messages);
        Assert.Equal(ExitCode.Success, code);
        var rows = Scorer.Rows(directory["scores.jsonl"]);
        Assert.InRange(rows.Count(row => row.Text("label") == row.Text("actual")), 54, 60);
    }

    /// <summary>A pixel of a class, as the stripe model wants it.</summary>
    private static byte Value(int x, int y, int label) => ((y * 28) + x) * 10 / (28 * 28) == label ? (byte)240 : (byte)20;
}
