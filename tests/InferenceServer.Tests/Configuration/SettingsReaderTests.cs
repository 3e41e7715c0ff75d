using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using Microsoft.Extensions.Configuration;

namespace LeNetServe.InferenceServer.Tests.Configuration;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Read_Nothing_IsTheDefaults()
    {
        var reader = Reader(("Models:Path", "."));

        var options = ServerOptions.Read(reader);

        Assert.Empty(reader.Faults);
        Assert.Equal((8001, 8000), (options.Listen.GrpcPort, options.Listen.HttpPort));
        Assert.Equal(new PipelineOptions(), options.Pipeline);
        Assert.Equal(new LimitOptions(), options.Limits);
        Assert.Equal(RepositoryMode.None, options.Models.Mode);
    }

    [Fact]
    public void Read_ManyFaults_NamesEachWithKeyValueAndRange()
    {
        var reader = Reader(
            ("Models:Path", "/no/such/folder"), ("Models:Mode", "sometimes"), ("Models:Versions", "latest:none"),
            ("Models:Aliases:m:stable", "x"), ("Models:PollInterval", "1ms"), ("Listen:GrpcPort", "70000"), ("Listen:Address", "nowhere"),
            ("Pipeline:MaxBatch", "5 weeks"), ("Pipeline:Batching", "auto"), ("Limits:MaxBatch", "0"), ("Device", "tpu"),
            ("Models:Pth", "x"), ("Pipeline:QueueLength", "many"));

        ServerOptions.Read(reader);
        reader.RejectUnknown();

        string[] expected =
        [
            "Models:Path is \"/no/such/folder\"", "Models:Mode is \"sometimes\", expected none, poll, explicit",
            "Models:Versions is \"latest:none\"", "Models:Aliases:m:stable is \"x\"",
            "Models:PollInterval", "Listen:GrpcPort is \"70000\", expected 0..65535",
            "Listen:Address is \"nowhere\"", "Pipeline:MaxBatch is \"5 weeks\"",
            "Pipeline:Batching is not a setting anymore: calls that are there together run together",
            "Limits:MaxBatch is \"0\"", "Device is \"tpu\", expected auto, cpu, cuda",
            "Models:Pth is not a setting", "Pipeline:QueueLength is \"many\"",
        ];
        Assert.Equal(expected.Length, reader.Faults.Count);
        Assert.All(expected, text => Assert.Contains(reader.Faults, fault => fault.Contains(text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("250us", 2_500)]
    [InlineData("20ms", 200_000)]
    [InlineData("0.5s", 5_000_000)]
    [InlineData("2m", 1_200_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("0", 0)]
    [InlineData("00:00:02", 20_000_000)]
    public void TryParseDuration_Units_AreUnderstood(string text, long ticks)
    {
        Assert.True(SettingsReader.TryParseDuration(text, out var duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1e99s")]
    public void TryParseDuration_Nonsense_IsFalse(string text) => Assert.False(SettingsReader.TryParseDuration(text, out _));

    [Theory]
    [InlineData("--Models:Path=. --Nonsense:Key=1", "--Nonsense:Key is not a setting")]
    [InlineData("--Models:Path . word", "argument \"word\" is not a setting")]
    [InlineData("--Models:Path . --Listen:GrpcPort 0", null)]
    public void RejectUnknown_CommandLine_NamesWhatSetsNothing(string arguments, string? expected)
    {
        var reader = Reader();
        ServerOptions.Read(reader);
        var faults = reader.Faults.Count;

        CommandLine.Parse(arguments.Split(' ')).RejectUnknown(reader);

        if (expected is null)
            Assert.Equal(faults, reader.Faults.Count);
        else
            Assert.Contains(reader.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Help_EverySetting_IsListed()
    {
        var reader = Reader();
        ServerOptions.Read(reader);

        var help = SettingsHelp.Write(reader.Settings);

        Assert.All(reader.Settings, setting => Assert.Contains($"  {setting.Key}\n", help));
    }

    private static SettingsReader Reader(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
