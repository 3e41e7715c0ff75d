using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Tests;
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

    [Theory]
    [InlineData("8080", null, 8080, null)]
    [InlineData("8080", "9000", 9000, null)]
    [InlineData("x", null, 8000, "PORT is \"x\", expected 0..65535")]
    [InlineData("70000", null, 8000, "PORT is \"70000\", expected 0..65535")]
    public void Read_VariablePort_CountsWithoutTheSetting(string variable, string? setting, int expected, string? fault)
    {
        (string, string)[] settings = [("Models:Path", "."), ("PORT", variable)];
        var reader = Reader(setting is null ? settings : [.. settings, ("Listen:HttpPort", setting)]);

        Assert.Equal(expected, ServerOptions.Read(reader).Listen.HttpPort);
        Assert.Equal(fault, reader.Faults.SingleOrDefault());
    }

    [Theory]
    [InlineData("ImageLog:PerMille", "5", "without ImageLog:Folder")]
    [InlineData("ImageLog:MaxBytes", "65536", "without ImageLog:Folder")]
    [InlineData("Models:PollInterval", "1s", "without Models:Mode poll")]
    [InlineData("Models:Load:0", "m", "without Models:Mode explicit")]
    [InlineData("Security:OpenControl", "true", "without Models:Mode explicit")]
    [InlineData("Security:RateLimit:Burst", "5", "without Security:RateLimit:CallsPerSecond")]
    [InlineData("Security:KeepTokens", "1m", "without Security:InferenceTokensFile or Security:ControlTokensFile")]
    [InlineData("Security:ReloadInterval", "1m",
        "without Security:InferenceTokensFile or Security:ControlTokensFile or Security:Tls")]
    [InlineData("Telemetry:Protocol", "http", "without Telemetry:OtlpEndpoint")]
    [InlineData("Telemetry:TracesPerMille", "5", "without Telemetry:OtlpEndpoint")]
    public void Read_SettingThatNeedsAnother_IsANote(string key, string value, string need)
    {
        var options = ServerOptions.Read(Reader(("Models:Path", "."), (key, value)));

        Assert.Equal($"{key.Replace(":0", "", StringComparison.Ordinal)} has no effect {need}", Assert.Single(options.Notes));
    }

    [Fact]
    public void Read_EmptyText_IsANote() => Assert.Equal(
        "Security:InferenceTokensFile is empty and has no effect",
        Assert.Single(ServerOptions.Read(Reader(("Models:Path", "."), ("Security:InferenceTokensFile", ""))).Notes));

    [Fact]
    public void Read_SettingsWithWhatTheyNeed_HaveNoNote()
    {
        var options = ServerOptions.Read(Reader(("Models:Path", "."), ("Models:Mode", "poll"), ("Models:PollInterval", "1s"),
            ("ImageLog:Folder", "."), ("ImageLog:PerMille", "5"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"),
            ("Telemetry:TracesPerMille", "5"), ("Security:RateLimit:CallsPerSecond", "5"), ("Security:RateLimit:Burst", "5")));

        Assert.Empty(options.Notes);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("none,poll")]
    [InlineData("")]
    public void Read_ChoiceThatIsNotAName_IsAFault(string mode)
    {
        var reader = Reader(("Models:Path", "."), ("Models:Mode", mode));

        ServerOptions.Read(reader);

        Assert.Contains($"Models:Mode is \"{mode}\", expected none, poll, explicit", Assert.Single(reader.Faults));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "foo", "expected grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", null)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grcp", "expected grpc or http/protobuf; did you mean grpc?")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "expected an http or https URL")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4317", null)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "5s", "expected milliseconds, a whole number")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "1000", null)]
    [InlineData("OTEL_TRACES_SAMPLER", "always", "expected always_on, always_off, ")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "2", "expected a share from 0 to 1")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "0.1", null)]
    public void Read_VariableOfOpenTelemetry_IsChecked(string name, string value, string? expected)
    {
        var reader = Reader(("Models:Path", "."), (name, value));

        ServerOptions.Read(reader);

        if (expected is null)
            Assert.Empty(reader.Faults);
        else
            Assert.StartsWith($"{name} is \"{value}\", {expected}", Assert.Single(reader.Faults));
    }

    [Theory]
    [InlineData("server.json", """{ "Listn": { "GrpcPort": 1 } }""", "Listn is not a setting; did you mean Listen?")]
    [InlineData("server.json", """{ "Zebra": 1 }""", "Zebra is not a setting; lenetserve-serve --help lists the names")]
    [InlineData("server.json", """{ "Listen": { "GrpcPrt": 1 } }""", "Listen:GrpcPrt is not a setting; did you mean Listen:GrpcPort?")]
    [InlineData("server.json", """{ "Pipeline": { "Zebra": 1 } }""", "Pipeline:Zebra is not a setting, expected Pipeline:")]
    [InlineData(
        "server.json", """{ "Security": { "Zebra": 1 } }""", "Security:Zebra is not a setting; lenetserve-serve --help lists the names")]
    [InlineData("server.json", """{ "$schema": "x", "Page": "on" }""", null)]
    [InlineData(
        "appsettings.json", """{ "AllowedHosts": "*", "Listn": { "GrpcPort": 1 } }""", "Listn is not a setting; did you mean Listen?")]
    public void RejectUnknown_KeyOfAFile_NamesTheNearest(string file, string content, string? expected)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory[file], content);
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection([new("Models:Path", ".")])
            .SetBasePath(directory.Path).AddJsonFile(file).Build());

        ServerOptions.Read(reader);
        reader.RejectUnknown();

        if (expected is null)
            Assert.Empty(reader.Faults);
        else
            Assert.StartsWith(expected, Assert.Single(reader.Faults));
    }

    [Theory]
    [InlineData("Securty__InferenceTokensFile", "Security__InferenceTokensFile")]
    [InlineData("Model__Path", "Models__Path")]
    [InlineData("LISTN__HTTPPORT", "Listen__HttpPort")]
    [InlineData("Serilog__MinimumLevel", null)]
    [InlineData("Model__Zebra", null)]
    [InlineData("MODEL", null)]
    public void RejectUnknown_VariableThatIsNearlyASetting_NamesIt(string variable, string? nearest)
    {
        var prefix = $"TEST{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + variable, "x");
        var reader = new SettingsReader(new ConfigurationBuilder().AddEnvironmentVariables(prefix)
            .AddInMemoryCollection([new("Models:Path", ".")]).Build());
        Environment.SetEnvironmentVariable(prefix + variable, null);

        ServerOptions.Read(reader);
        reader.RejectUnknown();

        Assert.Equal(
            nearest is null ? [] : [$"the environment has {variable}, which is not a setting; did you mean {nearest}?"], reader.Faults);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("null", true)]
    [InlineData("https://example.com", true)]
    [InlineData("HTTP://Example.com:8080", true)]
    [InlineData("example.com", false)]
    [InlineData("https://example.com/", false)]
    [InlineData("https://example.com/page", false)]
    [InlineData("https://*.example.com", false)]
    public void Read_Origin_IsOneThatABrowserSendsOrAFault(string origin, bool isSound)
    {
        var reader = Reader(("Models:Path", "."), ("Listen:Origins", origin));

        ServerOptions.Read(reader);

        Assert.Equal(
            isSound ? [] : [$"Listen:Origins has \"{origin}\", expected * or an origin without a path, such as https://example.com"],
            reader.Faults);
    }

    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::1", "::1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("*", "::")]
    [InlineData("1.2.3", null)]
    [InlineData("1", null)]
    [InlineData("0x7f.0.0.1", null)]
    public void Read_Address_IsWholeOrAFault(string address, string? expected)
    {
        var reader = Reader(("Models:Path", "."), ("Listen:Address", address));

        var parsed = ServerOptions.Read(reader).Listen.Address;

        Assert.Equal(
            expected is null ? [$"Listen:Address is \"{address}\", expected an IP address, localhost or *"] : [],
            reader.Faults);
        if (expected is not null)
            Assert.Equal(expected, $"{parsed}");
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

    [Fact]
    public void Settings_WithoutASection_AreOptionsOfTheCommandLine()
    {
        var reader = Reader();
        ServerOptions.Read(reader);

        var keys = reader.Settings.Select(setting => setting.Key).Where(key => !key.Contains(':', StringComparison.Ordinal)).ToArray();

        Assert.Contains("Explain", keys);
        Assert.All(keys, key => Assert.Equal("x", CommandLine.Parse([$"--{key}", "x"]).Settings[key]));
    }

    [Fact]
    public void Help_EverySetting_IsListedInItsSection()
    {
        var reader = Reader();
        ServerOptions.Read(reader);

        var help = SettingsHelp.Write([("--option", "meaning")], reader.Settings);

        Assert.All(reader.Settings, setting => Assert.Contains($"  {setting.Key}\n", help));
        Assert.Contains("\nSecurity:\n  Security:", help);
        Assert.Equal(3, help.Split("  lenetserve-serve ").Length - 1);
    }

    [Fact]
    public void Path_RelativeInAFile_IsRelativeToTheFile()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["server.json"], """{ "Models": { "Path": "mine" }, "Listen": { "UnixSocket": "a.sock" } }""");
        var builder = new ConfigurationBuilder().AddJsonFile(directory["server.json"]);
        var fromFile = new SettingsReader(builder.Build());
        var overridden = new SettingsReader(builder.AddInMemoryCollection([new("Models:Path", "other")]).Build());

        Assert.Equal(directory["mine"], fromFile.Path("Models:Path", "models", "", ""));
        Assert.Equal(directory["a.sock"], fromFile.Path("Listen:UnixSocket", null, "", ""));
        Assert.Equal(Path.GetFullPath("other"), overridden.Path("Models:Path", "models", "", ""));
        Assert.Equal(Path.GetFullPath("models"), Reader().Path("Models:Path", "models", "", ""));
    }

    [Fact]
    public void Sample_OfAllSettings_IsTheFileInDeploy()
    {
        var reader = Reader();
        ServerOptions.Read(reader);
        var file = Path.Combine(RepositoryRoot.Find(), "deploy", "server.sample.json");

        Assert.Equal(File.ReadAllText(file), SettingsSample.Write(reader.Settings), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Sample_WithEverySettingInUse_IsAValidConfiguration()
    {
        using var directory = new TemporaryDirectory();
        var all = Reader();
        ServerOptions.Read(all);
        bool IsSetting(string line) => line.TrimStart().StartsWith("// \"", StringComparison.Ordinal)
            && !line.Contains(" for each core", StringComparison.Ordinal);
        var lines = SettingsSample.Write(all.Settings).Split('\n').Select(line => IsSetting(line) ? line.Replace("// ", "") : line);
        File.WriteAllLines(directory["server.json"], lines);
        Directory.CreateDirectory(directory["models"]);
        var reader = new SettingsReader(new ConfigurationBuilder().AddJsonFile(directory["server.json"]).Build());

        ServerOptions.Read(reader);
        reader.RejectUnknown();

        Assert.Empty(reader.Faults);
    }

    private static SettingsReader Reader(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
