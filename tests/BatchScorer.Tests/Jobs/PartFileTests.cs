using System.Buffers;
using System.Text.Json;
using LeNetServe.BatchScorer.Jobs;
using LeNetServe.BatchScorer.Models;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Imaging;
using LeNetServe.Runtime.Predictions;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Jobs;

public sealed class PartFileTests : IDisposable
{
    private static readonly ScoringModel Model = new()
    {
        Name = "m",
        Version = 1,
        Sha256 = "ab",
        Labels = ["a", "b"],
        Imaging = new() { Input = new(1, 28, 28), ContentSize = 28, Geometry = Geometry.None },
    };

    private readonly TemporaryDirectory directory = new();

    private static PartHeader Header => new() { Part = 2, First = 14, Count = 2, Scoring = new(Model, 2, folderLabels: true) };

    public void Dispose() => directory.Dispose();

    [Fact]
    public void TryRead_WrittenPart_GivesHeaderAndRows()
    {
        PartFile.Write(directory["part"], Header, Rows());

        var part = PartFile.TryRead(directory["part"])!;

        Assert.Equal((2, 14, 2), (part.Header.Part, part.Header.First, part.Header.Count));
        Assert.Equal(Header.Scoring, part.Header.Scoring);
        Assert.Equal(["x\n.png", "y.png"], part.Rows.Select(row => row.Name));
        Assert.Equal([new Prediction(1, 0.75f), new Prediction(0, 0.25f)], part.Rows[0].Top);
        Assert.Equal("truncated", part.Rows[1].Error!.Kind);
        Assert.Equal(1, part.Rows[0].Actual);
    }

    [Fact]
    public void Header_AnyOrderOfKeys_IsTheSame()
    {
        const string Json = """
            {"format":1,"part":2,"first":14,"count":2,"scoring":{"model":"m","version":1,"sha256":"ab","imaging":{"input":{"channels":1,
            "height":28,"width":28},"content_size":28,"geometry":"none"},"top_k":2,"folder_labels":true,"labels":["a","b"],"reject":false}}
            """;

        Assert.Equal(Header, JsonSerializer.Deserialize(Json, JobJson.Default.PartHeader));
    }

    [Fact]
    public void TryRead_EveryTruncation_CountsAsMissing()
    {
        PartFile.Write(directory["part"], Header, Rows());
        var bytes = File.ReadAllBytes(directory["part"]);

        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(directory["cut"], bytes[..length]);
            Assert.Null(PartFile.TryRead(directory["cut"]));
        }
    }

    [Fact]
    public void TryRead_EveryChangedByte_CountsAsMissing()
    {
        PartFile.Write(directory["part"], Header, Rows());
        var bytes = File.ReadAllBytes(directory["part"]);

        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] ^= 0x10;
            File.WriteAllBytes(directory["changed"], bytes);
            Assert.Null(PartFile.TryRead(directory["changed"]));
            bytes[index] ^= 0x10;
        }
    }

    [Fact]
    public void TryRead_NoFile_IsNull() => Assert.Null(PartFile.TryRead(directory["nothing"]));

    [Fact]
    public void Write_SameBytes_LeavesTheFileAlone()
    {
        PartFile.Write(directory["part"], Header, Rows());
        File.SetLastWriteTimeUtc(directory["part"], DateTime.UnixEpoch);

        PartFile.Write(directory["part"], Header, Rows());

        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(directory["part"]));
    }

    private static ReadOnlySpan<byte> Rows()
    {
        var good = new ScoreRow(2) { Name = "x\n.png", Actual = 1 };
        good.Top[0] = new(1, 0.75f);
        good.Top[1] = new(0, 0.25f);
        var failed = new ScoreRow(2) { Name = "y.png", Error = new("truncated", "the file ends") };
        var text = new ArrayBufferWriter<byte>();
        new PartRows(Model).Write([good, failed], text);
        return text.WrittenSpan;
    }
}
