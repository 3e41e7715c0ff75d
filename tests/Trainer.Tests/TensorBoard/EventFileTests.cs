using System.Text;
using Google.Protobuf;
using LeNetServe.Trainer.TensorBoard;
using Tensorboard;

namespace LeNetServe.Trainer.Tests.TensorBoard;

public sealed class EventFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("lenet-events-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Crc32C_CheckString_HasThePublishedValue() => Assert.Equal(0xE3069283u, RecordFraming.Crc32C("123456789"u8));

    [Fact]
    public void Write_VersionRecord_HasTheBytesTensorFlowWrites()
    {
        using var stream = new MemoryStream();
        RecordFraming.Write(stream, Convert.FromHexString("090000C0B4D6E5D9411A0D627261696E2E4576656E743A32"));

        // length 24, and the masked CRC that every TensorFlow event file begins with
        Assert.Equal("1800000000000000A37F4B22", Convert.ToHexString(stream.ToArray()[..12]));
    }

    [Fact]
    public void Open_NewDirectory_BeginsWithTheVersionThenTheScalars()
    {
        using (var file = EventFile.Open(directory, 0, TimeProvider.System))
            file.WriteScalars(1, [("loss/train", 0.5), ("accuracy/validation", 0.9)]);

        var events = Events();
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(
            [("loss/train", 0.5f), ("accuracy/validation", 0.9f)], events[1].Summary.Value.Select(value => (value.Tag, value.SimpleValue)));
        Assert.Equal(1, events[1].Step);
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(OnlyFile()), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ResumedFromAnEarlierStep_DropsTheLaterOnesAndGoesOnInTheSameFile()
    {
        using (var file = EventFile.Open(directory, 0, TimeProvider.System))
            for (var step = 1; step <= 5; step++)
                file.WriteScalars(step, [("loss", (double?)step)]);
        using (var file = EventFile.Open(directory, 3, TimeProvider.System))
            file.WriteScalars(4, [("loss", 40)]);

        Assert.Equal([0, 1, 2, 3, 4], Events().Select(entry => entry.Step));
        Assert.Equal(40, Events()[^1].Summary.Value[0].SimpleValue);
    }

    [Fact]
    public void Open_TornLastRecord_IsCutOff()
    {
        using (var file = EventFile.Open(directory, 0, TimeProvider.System))
            for (var step = 1; step <= 3; step++)
                file.WriteScalars(step, [("loss", (double?)step)]);
        var bytes = File.ReadAllBytes(OnlyFile());
        File.WriteAllBytes(OnlyFile(), bytes[..^7]);

        using (var file = EventFile.Open(directory, long.MaxValue, TimeProvider.System))
            file.WriteScalars(3, [("loss", 30)]);

        Assert.Equal([0, 1, 2, 3], Events().Select(entry => entry.Step));
    }

    [Fact]
    public void Read_DamagedRecord_EndsBeforeIt()
    {
        using var stream = new MemoryStream();
        foreach (var text in (string[])["one", "two", "three"])
            RecordFraming.Write(stream, Encoding.ASCII.GetBytes(text));
        var bytes = stream.ToArray();
        bytes[19 + 12] ^= 1;

        Assert.Equal(["one"], RecordFraming.Read(bytes).Select(record => Encoding.ASCII.GetString(record.Payload.Span)));
    }

    private string OnlyFile() => Assert.Single(Directory.GetFiles(directory));

    private List<Event> Events() =>
    [
        .. RecordFraming.Read(File.ReadAllBytes(OnlyFile()))
            .Select(record => Event.Parser.ParseFrom(new CodedInputStream(record.Payload.ToArray()))),
    ];
}
