using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.InferenceServer.Tests.Models;
using LeNetServe.Tests;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Hosting;

/// <summary>The program as users start it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly List<Process> started = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] Sound =>
        ["--Models:Path", directory["models"], "--listen", "127.0.0.1", "--grpc-port", "0", "--http-port", "0"];

    public ProcessTests() => new TinyOnnx().Write(directory["models", "tiny", "1"], "a\nb\nc");

    public void Dispose()
    {
        foreach (var process in started.Where(process => !process.HasExited))
            process.Kill();
        directory.Dispose();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1)] // SIGHUP: the terminal that started the server is closed
    public async Task Start_UntilASignalToEnd_AnnouncesServesAndExitsWithZero(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals of Unix");
        Assert.SkipWhen(IsIgnored(signal), $"this process ignores signal {signal}, as under nohup, and so does a server that it starts");
        var socket = directory["grpc.sock"];
        var process = Start(
            "--Models:Path", directory["models"], "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0",
            "--Listen:UnixSocket", socket, "--Shutdown:DrainDelay", "50ms");
        var listening = Addresses().Match(await process.StandardOutput.ReadLineAsync(Cancellation) ?? "");
        var ready = await process.StandardOutput.ReadLineAsync(Cancellation);

        Assert.True(listening.Success);
        Assert.Matches(@"^LeNetServe ready after \d+ ms device=cpu models=tiny/1$", ready);
        using (var channel = GrpcChannel.ForAddress(listening.Groups["grpc"].Value))
            Assert.Equal("b", await ClassifyAsync(channel));
        using (var channel = UnixChannel(socket))
            Assert.Equal("b", await ClassifyAsync(channel));
        using (var http = new HttpClient())
            Assert.Equal("ready", await http.GetStringAsync(new Uri(listening.Groups["http"].Value + "/readyz"), Cancellation));

        _ = Kill(process.Id, signal);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    private static bool IsIgnored(int signal)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return ((Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) >> (signal - 1)) & 1) == 1;
    }

    [Theory]
    [InlineData("none", "", "serves no model: ")]
    [InlineData("none", "picture.png", "serves no model: ")]
    [InlineData("none", "cat/picture.png", "serves no model: ")]
    [InlineData("poll", "", "serves no model: ")]
    [InlineData("explicit", "", "ready after ")]
    public async Task Start_FolderWithoutModels_IsReadyOnlyIfModelsMayCome(string mode, string file, string expected)
    {
        var folder = Directory.CreateDirectory(directory["pictures"]).FullName;
        if (file.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(directory["pictures", file])!);
            File.WriteAllBytes(directory["pictures", file], Pictures.Png(new byte[16], 4, 4));
        }
        var process = Start(
            folder, "--mode", mode, "--listen", "127.0.0.1", "--grpc-port", "0", "--http-port", "0", "--Logging:LogLevel:Default=None");
        await process.StandardOutput.ReadLineAsync(Cancellation);

        var last = await process.StandardOutput.ReadLineAsync(Cancellation);

        Assert.StartsWith($"LeNetServe {expected}", last);
        if (mode != "explicit")
            Assert.EndsWith($": nothing in {folder} can be served, expected NAME/1/model.onnx", last);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task Sigterm_RequestInFlight_IsAnsweredBeforeTheExitWithZero()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals of Unix");
        var process = Start("--Models:Path", directory["models"], "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0",
            "--Listen:HttpPort", "0", "--Shutdown:Timeout", "60s");
        var http = new Uri(Addresses().Match(await process.StandardOutput.ReadLineAsync(Cancellation) ?? "").Groups["http"].Value);
        await process.StandardOutput.ReadLineAsync(Cancellation);
        var picture = Pictures.Png(new byte[16], 4, 4);
        using var upload = new TcpClient();
        await upload.ConnectAsync(http.Host, http.Port, Cancellation);
        await using var stream = upload.GetStream();
        var head = "POST /v1/models/tiny:classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n" +
            $"Content-Length: {picture.Length}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);
        await stream.WriteAsync(picture.AsMemory(0, 20), Cancellation);
        // Answered after what came before it on the other connection was read.
        using (var other = new HttpClient())
            Assert.Equal("ready", await other.GetStringAsync(new Uri(http, "/readyz"), Cancellation));

        _ = Kill(process.Id, 15);
        await Eventually.TrueAsync(() => IsRefusedAsync(http));
        Assert.False(process.HasExited);
        await stream.WriteAsync(picture.AsMemory(20), Cancellation);
        using var reader = new StreamReader(stream);
        var status = await reader.ReadLineAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal("HTTP/1.1 200 OK", status);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Sigterm_RequestThatNeverEnds_DoesNotHoldTheExitBeyondItsBound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals of Unix");
        var process = Start("--Models:Path", directory["models"], "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0",
            "--Listen:HttpPort", "0", "--Shutdown:Timeout", "500ms");
        var http = new Uri(Addresses().Match(await process.StandardOutput.ReadLineAsync(Cancellation) ?? "").Groups["http"].Value);
        await process.StandardOutput.ReadLineAsync(Cancellation);
        using var upload = new TcpClient();
        await upload.ConnectAsync(http.Host, http.Port, Cancellation);
        await upload.GetStream().WriteAsync(
            "POST /v1/models/tiny:classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx"u8.ToArray(), Cancellation);
        using (var other = new HttpClient())
            Assert.Equal("ready", await other.GetStringAsync(new Uri(http, "/readyz"), Cancellation));

        _ = Kill(process.Id, 15);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("--grpc-port", "--http-port")]
    [InlineData("--http-port", "--grpc-port")]
    public async Task Start_PortIsTaken_IsOneLineAndTrouble(string option, string other)
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var process = Start(directory["models"], "--listen", "127.0.0.1", option, $"{port}", other, "0");

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Trouble, process.ExitCode);
        Assert.Equal(
            $"error: the server did not start: cannot listen on 127.0.0.1, port {port}: Address already in use. "
            + $"Stop the program that uses it, or choose another with {option}.\n", error);
    }

    [Theory]
    [InlineData("[1, 2", "server.json")]
    [InlineData("""{ "Listen": { "GrpcPort": """, "server.json")]
    public async Task Start_BrokenConfigurationFile_IsOneLineAndUsage(string content, string expected)
    {
        File.WriteAllText(directory["server.json"], content);
        var process = Start("--config", directory["server.json"]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        var lines = error.TrimEnd().Split('\n');
        Assert.Equal(["help: lenetserve-serve --help"], lines[1..]);
        Assert.Contains(expected, lines[0]);
    }

    [Theory]
    [InlineData("--port 1", "error: --port is not an option; did you mean --grpc-port or --http-port?")]
    [InlineData("--grpc-port x", "error: --grpc-port is \"x\", expected 0..65535")]
    [InlineData("--Listen:GrpcPort x", "error: --Listen:GrpcPort is \"x\", expected 0..65535")]
    [InlineData("--log jsn", "error: --log is \"jsn\", expected text, json, systemd; did you mean json?")]
    [InlineData("--device cdua", "error: --device is \"cdua\", expected auto, cpu, cuda; did you mean cuda?")]
    [InlineData("--completion bsh", "error: --completion is \"bsh\", expected bash, zsh, fish or pwsh; did you mean bash?")]
    [InlineData("grpc-port",
        "error: \"grpc-port\" is not expected beside \"ONE\", expected one folder of models; did you mean --grpc-port?")]
    [InlineData("--runs ONEz", "error: --runs is \"ONEz\", expected an existing folder; did you mean ONE?")]
    [InlineData("serve", "error: \"serve\" is not expected beside \"ONE\", expected one folder of models")]
    public async Task Start_WrongOptionOrValue_NamesTheOptionAndTheNearestName(string arguments, string expected)
    {
        var one = directory["models"];
        var process = Start([one, .. arguments.Replace("ONE", one).Split(' ')]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal([expected.Replace("ONE", one), "help: lenetserve-serve --help"], error.TrimEnd().Split('\n'));
        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
    }

    [Fact]
    public async Task Start_MistypedOption_IsTwoLines()
    {
        var process = Start("models", "--grcp-port", "1");

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        Assert.Equal(
            ["error: --grcp-port is not an option; did you mean --grpc-port?", "help: lenetserve-serve --help"],
            error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Start_ConfigurationFile_ItsPathsAreRelativeToTheFile()
    {
        File.WriteAllText(directory["server.json"], """
            // A comment.
            {
              "Models": { "Path": "models" },
              "Listen": { "Address": "127.0.0.1", "GrpcPort": 0, "HttpPort": 0 },
              "Logging": { "Format": "json" },
            }
            """);
        var process = Start("--config", directory["server.json"]);
        await process.StandardOutput.ReadLineAsync(Cancellation);

        Assert.EndsWith("models=tiny/1", await process.StandardOutput.ReadLineAsync(Cancellation));
        using var log = System.Text.Json.JsonDocument.Parse((await process.StandardError.ReadLineAsync(Cancellation))!);
        Assert.EndsWith("Z", log.RootElement.GetProperty("Timestamp").GetString());
        Assert.Contains("tiny/1", log.RootElement.GetProperty("Message").GetString());
        Assert.Equal("VersionLoaded", log.RootElement.GetProperty("EventName").GetString());
        Assert.Equal("Information", log.RootElement.GetProperty("LogLevel").GetString());
        Assert.Equal("tiny/1", log.RootElement.GetProperty("State").GetProperty("Version").GetString());
    }

    [Fact]
    public async Task Start_UnderSystemd_IsReadyWhenTheModelsServe()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd");
        using var notifications = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notifications.Bind(new UnixDomainSocketEndPoint(directory["notify"]));
        var process = StartWith(
            new() { ["NOTIFY_SOCKET"] = directory["notify"] },
            directory["models"], "--listen", "127.0.0.1", "--grpc-port", "0", "--http-port", "0", "--log", "systemd");
        var buffer = new byte[256];

        var first = Encoding.UTF8.GetString(buffer, 0, await notifications.ReceiveAsync(buffer, Cancellation));
        var listening = await process.StandardOutput.ReadLineAsync(Cancellation);
        var http = new Uri(Addresses().Match(listening!).Groups["http"].Value);
        using var client = new HttpClient();
        Assert.Equal("ready", await client.GetStringAsync(new Uri(http, "/readyz"), Cancellation));
        _ = Kill(process.Id, 15);
        var second = Encoding.UTF8.GetString(buffer, 0, await notifications.ReceiveAsync(buffer, Cancellation));

        Assert.Equal(("READY=1", "STOPPING=1"), (first, second));
        Assert.StartsWith("<6>", await process.StandardError.ReadLineAsync(Cancellation));
    }

    [Theory]
    [InlineData("--version", "lenetserve-serve ")]
    [InlineData("--help", "The LeNetServe inference server")]
    [InlineData("--sample-config", "// All settings")]
    [InlineData("--completion=bash", "_lenetserve_serve() {")]
    public async Task Start_ActionWithoutServing_PrintsItsTextAndExitsWithZero(string action, string expected)
    {
        var process = Start(action);

        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.StartsWith(expected, output);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Check_SoundConfiguration_ExitsWithZeroAndServesNothing()
    {
        var process = Start("--check", "--Models:Path", directory["models"]);

        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal("The configuration is sound.", output.Trim());
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Check_ModelsThatAreNotServed_AreWarnings()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(directory["others", "flat"]).FullName, "model.onnx"), "");
        var process = Start("--check", "--Models:Path", directory["others"]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.BadInput, process.ExitCode);
        Assert.Contains("warning: something in the folder of model flat is not served: model.onnx is not in the folder of a version",
            error);
        Assert.Contains("can be served, expected NAME/1/model.onnx", error);

        new TinyOnnx().Write(directory["others", "tiny", "1"]);
        process = Start("--check", "--Models:Path", directory["others"]);
        error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("warning: something in the folder of model flat", error);
    }

    [Fact]
    public async Task Check_SettingsOfModelsThatAreNotThere_AreWarnings()
    {
        new TinyOnnx().Write(directory["few", "tiny", "1"]);
        string[] settings = ["--Models:Path", directory["few"], "--Models:VersionsOf:tyny", "1", "--Models:Aliases:tiny:stable", "3",
            "--Models:Name", "small", "--ImageLog:PerMille", "5"];

        var (code, error) = await CheckAsync(settings);
        var (none, chosen) = await CheckAsync([.. settings, "--Models:Versions", "7"]);

        Assert.Equal(0, code);
        Assert.Contains("warning: Models:VersionsOf:tyny has no effect: no model has that name; did you mean tiny?", error);
        Assert.Contains("warning: Models:Aliases:tiny:stable has no effect: the model has no version 3", error);
        Assert.Contains("warning: Models:Name has no effect: no model.onnx is in ", error);
        Assert.Contains("warning: --ImageLog:PerMille has no effect without ImageLog:Folder", error);
        Assert.Equal((int)ExitCode.BadInput, none);
        Assert.Contains("warning: no version of model tiny is chosen by Models:Versions, expected some of 1", chosen);

        async Task<(int Code, string Error)> CheckAsync(string[] arguments)
        {
            var process = Start(["--check", .. arguments]);
            var text = await process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            return (process.ExitCode, text);
        }
    }

    [Theory]
    [InlineData("models/hung/1", false)]
    [InlineData("mount", true)]
    public async Task Check_AFolderThatDoesNotAnswer_IsAWarning(string place, bool isLinked)
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        using var mount = new HungMount(Directory.CreateDirectory(directory[place]).FullName);
        if (isLinked)
            Directory.CreateSymbolicLink(directory["models", "hung"], directory[place]);
        var process = Start("--check", "--Models:Path", directory["models"], "--Models:LoadTimeout", "1s");

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal("warning: the folder of model hung cannot be read: the files were not read within 1 s", error.Trim());
    }

    [Theory]
    [InlineData("")]
    [InlineData("--check")]
    public async Task Start_AMountThatDoesNotAnswer_IsOneLineAndTrouble(string check)
    {
        Assert.SkipUnless(HungMount.IsPossible(), "a mount needs the rights of root and /dev/fuse");
        using var mount = new HungMount(Directory.CreateDirectory(directory["mount"]).FullName);
        var process = Start([
            "--Models:Path", directory["mount"], "--Models:LoadTimeout", "1s", "--grpc-port", "0", "--http-port", "0",
            .. check == "" ? [] : new[] { check }]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Trouble, process.ExitCode);
        Assert.Equal($"error: {directory["mount"]} does not answer: the files were not read within 1 s", error.Trim());
    }

    [Theory]
    [InlineData("cwd")]
    [InlineData("--config")]
    public async Task Start_FileOfSettings_ItsFolderIsNotWatched(string place)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "inotify is Linux's");
        File.WriteAllText(directory["appsettings.json"], "{}");
        var process = place == "cwd"
            ? StartWith([], ["--contentRoot", directory.Path, .. Sound])
            : StartWith([], ["--config", directory["appsettings.json"], .. Sound]);
        await process.StandardOutput.ReadLineAsync(Cancellation);

        var watches = Directory.EnumerateFiles($"/proc/{process.Id}/fdinfo").Sum(Watches);

        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, watches);

        static int Watches(string descriptor)
        {
            try
            {
                return File.ReadLines(descriptor).Count(line => line.StartsWith("inotify", StringComparison.Ordinal));
            }
            catch (FileNotFoundException)
            {
                // The server has closed it since the list was made.
                return 0;
            }
        }
    }

    [Theory]
    [InlineData("--contentRoot")]
    [InlineData("appsettings.json")]
    public async Task Start_FileOfSettingsIsAPipe_IsRefused(string option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        var pipe = directory[option == "--contentRoot" ? "nobody" : "appsettings.json"];
        if (option != "--contentRoot")
            await Process.Start("mkfifo", pipe)!.WaitForExitAsync(Cancellation);
        var process = StartWith([], ["--contentRoot", option == "--contentRoot" ? pipe : directory.Path, .. Sound]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        Assert.StartsWith(
            option == "--contentRoot"
                ? $"error: --contentRoot is \"{pipe}\", expected an existing folder"
                : $"error: {pipe} is a FIFO, expected a regular file",
            error);
    }

    [Fact]
    public async Task Start_StdoutIsFull_ServesAndSaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        var program = Path.ChangeExtension(typeof(LeNetServe.InferenceServer.Hosting.ServerOptions).Assembly.Location, ".dll");
        var command = $"exec dotnet exec {program} {string.Join(' ', Sound)} > /dev/full";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true })!;

        string? line;
        do
            line = await process.StandardError.ReadLineAsync(Cancellation);
        while (line?.Contains("stdout cannot be written", StringComparison.Ordinal) == false);

        Assert.False(process.HasExited);
        Assert.NotNull(line);
        process.Kill();
    }

    [Theory]
    [InlineData("loud")]
    [InlineData("99")]
    public async Task Start_LevelOfTheLogIsUnknown_IsOneLineAndUsage(string level)
    {
        var process = StartWith(new() { ["Logging__LogLevel__Default"] = level }, "--Models:Path", directory["models"]);

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        Assert.StartsWith(
            $"error: Logging:LogLevel:Default is \"{level}\", expected trace, debug, information, warning, error, critical or none", error);
    }

    [Fact]
    public async Task Start_FaultyConfiguration_NamesEveryFaultAndExitsWithUsage()
    {
        var process = Start("--Models:Path", "/no/such/folder", "--Listen:GrpcPort", "x", "--Device", "cuda");

        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((int)ExitCode.Usage, process.ExitCode);
        Assert.Contains("Models:Path is \"/no/such/folder\"", error);
        Assert.Contains("Listen:GrpcPort is \"x\"", error);
        Assert.SkipWhen(LeNetServe.Runtime.Devices.ExecutionProviders.Available.Contains("CUDAExecutionProvider"), "this build has CUDA");
        Assert.Contains("Device is \"cuda\"", error);
        Assert.Contains("-p:Accelerator=cuda", error);
    }

    private Process Start(params string[] arguments) => StartWith([], arguments);

    private Process StartWith(Dictionary<string, string> environment, params string[] arguments)
    {
        var program = Path.ChangeExtension(typeof(LeNetServe.InferenceServer.Hosting.ServerOptions).Assembly.Location, ".dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    private static async Task<string> ClassifyAsync(GrpcChannel channel) =>
        (await new Classifier.ClassifierClient(channel).ClassifyAsync(
            new() { Image = ClassifierServiceTests.Stripe(1) }, cancellationToken: Cancellation)).Predictions[0].Label;

    private static async Task<bool> IsRefusedAsync(Uri http)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(http.Host, http.Port, Cancellation);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static GrpcChannel UnixChannel(string path) => GrpcChannel.ForAddress("http://localhost", new()
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });

    [GeneratedRegex("^LeNetServe listening grpc=(?<grpc>http://127.0.0.1:[0-9]+) http=(?<http>http://127.0.0.1:[0-9]+)( unix=.*)?$")]
    private static partial Regex Addresses();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
