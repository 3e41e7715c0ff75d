using LeNetServe.InferenceServer.Hosting;

namespace LeNetServe.InferenceServer.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_ShortNames_SetTheirSettings()
    {
        var line = CommandLine.Parse(
            ["models", "--grpc-port", "9001", "--http-port=9000", "--listen", "::1", "--Limits:MaxBatch", "7", "Device=cpu", "--check"]);

        Assert.Equal(
            [
                ("Device", "cpu"), ("Limits:MaxBatch", "7"), ("Listen:Address", "::1"), ("Listen:GrpcPort", "9001"),
                ("Listen:HttpPort", "9000"), ("Models:Path", "models"),
            ],
            line.Settings.Select(setting => (setting.Key, setting.Value)).Order());
        Assert.True(line.Has("--check"));
        Assert.False(line.Has("--help"));
    }

    [Fact]
    public void Parse_OneKeyTwice_TheLastOneCounts() =>
        Assert.Equal("2", CommandLine.Parse(["--grpc-port", "1", "--Listen:GrpcPort=2"]).Settings["Listen:GrpcPort"]);

    [Fact]
    public void Parse_H_IsHelp() => Assert.True(CommandLine.Parse(["-h"]).Has("--help"));

    [Theory]
    [InlineData("--grcp-port 1", "--grcp-port is not an option; did you mean --grpc-port?")]
    [InlineData("--tls-certs x", "--tls-certs is not an option; did you mean --tls-cert?")]
    [InlineData("--nothing-like-it", "--nothing-like-it is not an option")]
    [InlineData("--grpc-port", "--grpc-port needs a value: PORT, gRPC; 0 takes a free port")]
    [InlineData("--log --check", "--log needs a value: FORMAT, text, json or systemd")]
    [InlineData("--check=yes", "--check takes no value")]
    [InlineData("one two", "\"two\" is not expected beside \"one\", expected one folder of models")]
    [InlineData("--Models:Path", "--Models:Path needs a value")]
    [InlineData("--token-file=", "--token-file is empty, expected FILE")]
    [InlineData("--Security:InferenceTokensFile=", "--Security:InferenceTokensFile is empty, expected a value")]
    [InlineData("", "MODELS is empty, expected a folder of models")]
    public void Parse_WrongArgument_IsOneLine(string arguments, string expected)
    {
        var exception = Assert.Throws<ExpectedException>(() => CommandLine.Parse(arguments.Split(' ')));

        Assert.Equal(ExitCode.Usage, exception.Code);
        Assert.Equal(expected, exception.Message);
    }

    [Theory]
    [InlineData("--grpc-port 1", "Listen:GrpcPort is bad", "--grpc-port is bad")]
    [InlineData("folder", "Models:Path is bad", "MODELS is bad")]
    [InlineData("--Models:Path a", "Models:Path is bad", "--Models:Path is bad")]
    [InlineData("--tls-key a", "Security:Tls:KeyFile is bad with Security:Tls:KeyFiles", "--tls-key is bad with Security:Tls:KeyFiles")]
    [InlineData("--page x", "Page is bad, Page is on", "--page is bad, Page is on")]
    [InlineData("--grpc-port 1", "Listen:HttpPort is bad", "Listen:HttpPort is bad")]
    public void InOptionWords_FaultOfASetting_NamesTheOptionThatWasTyped(string arguments, string fault, string expected) =>
        Assert.Equal(expected, CommandLine.Parse(arguments.Split(' ')).InOptionWords(fault));

    [Fact]
    public void RejectUnknown_UnknownSection_NamesTheNearestSetting()
    {
        var line = CommandLine.Parse(["--Listne:GrpcPort", "1"]);

        var exception = Assert.Throws<ExpectedException>(() => line.RejectUnknown(["Listen:GrpcPort", "Models:Path"]));
        Assert.StartsWith("--Listne:GrpcPort is not an option; did you mean --Listen:GrpcPort?", exception.Message);
        CommandLine.Parse(["--environment", "Development", "models"]).RejectUnknown(["Models:Path"]);
    }

    [Theory]
    [InlineData("bash", "--grpc-port --http-port")]
    [InlineData("bash", "--device) values=\"auto cpu cuda\" ;;")]
    [InlineData("zsh", "'--device=[auto, cpu or cuda]:value:(auto cpu cuda)'")]
    [InlineData("fish", "complete -c lenetserve-serve -l device -x -a 'auto cpu cuda'")]
    [InlineData("pwsh", "'--device' = 'auto cpu cuda'")]
    [InlineData("zsh", "'--grpc-port=[gRPC; 0 takes a free port]:value:_files'")]
    [InlineData("fish", "complete -c lenetserve-serve -l grpc-port -r -d 'gRPC; 0 takes a free port'")]
    [InlineData("pwsh", "'--grpc-port', '--http-port'")]
    public void Completion_EachShell_KnowsEveryOption(string shell, string expected)
    {
        var script = CompletionScript.Of(shell);

        Assert.Contains(expected, script);
        Assert.All(ServerOption.All, option => Assert.Contains(option.Name[2..], script));
        Assert.Equal(ExitCode.Usage, Assert.Throws<ExpectedException>(() => CompletionScript.Of("cmd")).Code);
    }

    [Fact]
    public void All_OptionsWithAKey_SetASettingThatExists()
    {
        var reader = new LeNetServe.InferenceServer.Configuration.SettingsReader(
            new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
        ServerOptions.Read(reader);

        Assert.Empty(ServerOption.All.Select(option => option.Key).Where(key => key.Length > 0).Except(
            reader.Settings.Select(setting => setting.Key)));
    }
}
