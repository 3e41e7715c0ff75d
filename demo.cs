#!/usr/bin/env dotnet
// The whole path on this machine: train LeNet-5, export it to ONNX, serve it, classify over gRPC, score a folder.
//
//     dotnet run demo.cs
//
// Uses MNIST if it is there (LENETSERVE_DATA/mnist or data/mnist) or can be downloaded, else digits that the program draws.
// Everything it makes is under artifacts/demo; nothing else is touched.
#:project src/LeNet/LeNet.csproj
#:project src/Client/Client.csproj
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeNetServe.Client;
using LeNetServe.Datasets;
using SkiaSharp;

const int Epochs = 3, Scored = 1000, Shown = 5;

var root = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var work = Path.Combine(root, "artifacts", "demo");
var total = Stopwatch.StartNew();
Console.OutputEncoding = Encoding.UTF8;
try
{
    Directory.CreateDirectory(work);
    await Build();
    var (name, folder) = await ChooseData();
    var run = await Train(name, folder);
    var version = await Export(run, $"lenet5-{name}");
    await using (var server = await Serve(Path.GetDirectoryName(Path.GetDirectoryName(version)!)!))
    {
        var images = TestImages(name, folder);
        var answers = await Classify(server.Url, $"lenet5-{name}", images);
        await Score(version, images, answers);
    }
    Console.WriteLine(
        $"\nDone in {Seconds(total)}. {Relative(version)}/model.onnx takes raw pixels and gives probabilities, in any ONNX tool.");
    return 0;
}
catch (DemoException failure)
{
    Console.Error.WriteLine($"\ndemo: {failure.Message}");
    return 1;
}

async Task Build()
{
    Step("Build", "the four programs, in Debug, as the tests do (the first time this restores packages: libtorch is large)");
    var clock = Stopwatch.StartNew();
    var (exitCode, lines) = await Run("dotnet", ["build", "-v", "quiet", "--nologo", Path.Combine(root, "src", "Programs.slnf")]);
    if (exitCode != 0)
        throw new DemoException(
            $"the build failed; is the .NET 10 SDK the first `dotnet` on the PATH?\n{string.Join('\n', lines.TakeLast(20))}");
    Result($"built in {Seconds(clock)}");
}

async Task<(string Name, string? Folder)> ChooseData()
{
    Step("Data", "MNIST, if it is there or can be had");
    var own = Path.Combine(root, "data", "mnist");
    var given = Environment.GetEnvironmentVariable("LENETSERVE_DATA");
    string[] folders = string.IsNullOrEmpty(given) ? [own] : [Path.Combine(given, "mnist"), own];
    foreach (var folder in folders)
    {
        if (File.Exists(Path.Combine(folder, "train-images-idx3-ubyte.gz")) || File.Exists(Path.Combine(folder, "train-images-idx3-ubyte")))
        {
            Result($"MNIST from {Relative(folder)}: 60,000 training images, 10,000 test images");
            return ("mnist", folder);
        }
    }
    if (await Reachable("ossci-datasets.s3.amazonaws.com"))
    {
        var (exitCode, _) = await Program("Trainer", ["datasets", "download", "mnist", "--root", Path.Combine(root, "data")]);
        if (exitCode == 0)
        {
            Result($"MNIST downloaded to {Relative(own)}");
            return ("mnist", own);
        }
    }
    Result("MNIST is not there and cannot be downloaded: using \"strokes\", digits that the program draws itself");
    return ("strokes", null);
}

async Task<string> Train(string name, string? folder)
{
    Step("Train", $"lenet5 (61,706 parameters) on {name}, {Epochs} epochs");
    var clock = Stopwatch.StartNew();
    var runs = Path.Combine(work, "runs");
    List<string> arguments = ["train", "--dataset", name, "--variant", "lenet5", "--epochs", $"{Epochs}", "--seed", "1", "--out", runs];
    if (folder is not null)
        arguments.AddRange(["--data", folder]);
    var lines = await Must("Trainer", arguments);
    var run = Directory.EnumerateFiles(Path.Combine(work, "runs"), "summary.json", SearchOption.AllDirectories)
        .Select(file => Path.GetDirectoryName(file)!)
        .Where(directory => lines.Any(line => line.Contains(Path.GetFileName(directory), StringComparison.Ordinal)))
        .MaxBy(Directory.GetLastWriteTimeUtc)
            ?? throw new DemoException($"no finished run in {Relative(work)}/runs; delete that folder and try again");
    using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
    var figures = summary.RootElement;
    var (accuracy, images) = (figures.GetProperty("test_accuracy").GetDouble(), figures.GetProperty("test_images").GetInt32());
    Result($"{Percent(accuracy)} of {images:N0} test images right, " +
        $"{figures.GetProperty("images_per_second").GetDouble():N0} images/s, {Seconds(clock)} in all: {Relative(run)}");
    return run;
}

async Task<string> Export(string run, string model)
{
    Step("Export", "one ONNX file: normalization folded into the weights, answers compared with torch's before it is published");
    var clock = Stopwatch.StartNew();
    var models = Path.Combine(work, "models");
    if (Directory.Exists(models))
        Directory.Delete(models, recursive: true);
    await Must("Exporter", ["export", "--run", run, "--repository", models, "--name", model]);
    var version = Path.Combine(models, model, "1");
    var file = new FileInfo(Path.Combine(version, "model.onnx"));
    if (!file.Exists)
        throw new DemoException($"the exporter did not write {Relative(file.FullName)}; its messages are above");
    Result($"{Relative(file.FullName)}, {file.Length / 1024.0:N0} KB, in {Seconds(clock)}");
    return version;
}

async Task<Server> Serve(string models)
{
    Step("Serve", "the model over gRPC");
    var clock = Stopwatch.StartNew();
    // Port 0 takes a free one, which the server names when it listens.
    var server = new Server(Start("dotnet", [Assembly("InferenceServer"), "--Models:Path", models,
        "--Listen:Address", "127.0.0.1", "--Listen:GrpcPort", "0", "--Listen:HttpPort", "0"]));
    try
    {
        await server.Ready.WaitAsync(TimeSpan.FromSeconds(60));
        using var client = new LeNetServeClient(server.Url);
        var served = await client.ListModelsAsync();
        var names = string.Join(", ", served.Select(model => $"{model.Name} version {model.Version}"));
        Result($"ready in {Seconds(clock)} at {server.Url}: {names}");
        return server;
    }
    catch (Exception failure)
    {
        await server.DisposeAsync();
        throw failure is TimeoutException ? new DemoException("the server is not ready after a minute") : failure;
    }
}

LabeledImage[] TestImages(string name, string? folder)
{
    var dataset = DatasetCatalog.Open(new DatasetRequest { Name = name, Directory = folder });
    return [.. Enumerable.Range(0, Math.Min(Scored, dataset.Test.Count)).Select(index => new LabeledImage(
        $"{index:D4}", dataset.Labels[dataset.Test.Labels[index]], dataset.Test.Image(index).ToArray(), dataset.Test.Shape.Width))];
}

async Task<string[]> Classify(string url, string model, LabeledImage[] images)
{
    Step("Classify", $"{images.Length:N0} test images over gRPC, one call after another");
    using var client = new LeNetServeClient(url);
    var options = new ClassifyOptions { Model = model };
    var (answers, milliseconds) = (new string[images.Length], new double[images.Length]);
    var first = new List<Prediction>();
    for (var i = 0; i < images.Length; i++)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await client.ClassifyPixelsAsync(images[i].Pixels, options);
        milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        answers[i] = answer.Best.Label;
        if (i < Shown)
            first.Add(answer.Best);
    }
    Array.Sort(milliseconds);
    Draw(images.Take(Shown), first);
    var right = images.Zip(answers).Count(pair => pair.First.Label == pair.Second);
    Result($"{right:N0} of {images.Length:N0} right; a call takes {milliseconds[images.Length / 2]:F2} ms (median)");
    return answers;
}

async Task Score(string version, LabeledImage[] images, string[] answers)
{
    Step("Score", $"the same {images.Length:N0} images as PNG files in a folder, without the server");
    var folder = Path.Combine(work, "images");
    if (Directory.Exists(folder))
        Directory.Delete(folder, recursive: true);
    foreach (var image in images)
        image.Save(folder);
    var scores = Path.Combine(work, "scores.jsonl");
    File.Delete(scores);
    var clock = Stopwatch.StartNew();
    await Must("BatchScorer", ["score", folder, "--model", Path.Combine(version, "model.onnx"), "--out", scores]);
    var seconds = Seconds(clock);
    var labels = File.ReadLines(scores).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
        row => Path.GetFileNameWithoutExtension(row.GetProperty("path").GetString()!), row => row.GetProperty("label").GetString()!);
    var same = images.Zip(answers).Count(pair => labels.GetValueOrDefault(pair.First.Id) == pair.Second);
    Result($"{labels.Count:N0} rows in {Relative(scores)} in {seconds}; the label is the server's on {same:N0} of {images.Length:N0}");
    if (same != images.Length)
        throw new DemoException("the server and the batch scorer disagree, which must not be; please report it");
}

// Two by four pixels are one Braille character: a 28×28 digit is 14 characters wide and 7 high.
static void Draw(IEnumerable<LabeledImage> images, List<Prediction> predictions)
{
    var shown = images.ToArray();
    for (var y = 2; y < 30; y += 4)
        Console.WriteLine("   " + string.Join(
            "  ", shown.Select(image => string.Concat(Enumerable.Range(0, 14).Select(x => image.Braille(2 + (2 * x), y))))));
    Console.WriteLine("   " + string.Join("  ", predictions.Select(best => $"  {best.Label}  {Percent(best.Probability)}".PadRight(14))));
}

// The output of a program goes to the screen, indented; its last lines are kept for the message of a failure.
async Task<(int ExitCode, List<string> Lines)> Run(string command, IEnumerable<string> arguments, bool quiet = true)
{
    using var process = Start(command, arguments);
    var lines = new List<string>();
    var reading = new[] { process.StandardOutput, process.StandardError }.Select(async reader =>
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (lines)
                lines.Add(line);
            if (!quiet)
                Console.WriteLine($"   │ {line}");
        }
    });
    await Task.WhenAll(reading);
    await process.WaitForExitAsync();
    return (process.ExitCode, lines);
}

Task<(int ExitCode, List<string> Lines)> Program(string project, IEnumerable<string> arguments) =>
    Run("dotnet", [Assembly(project), .. arguments], quiet: false);

async Task<List<string>> Must(string project, IEnumerable<string> arguments)
{
    var (exitCode, lines) = await Program(project, arguments);
    return exitCode == 0
        ? lines
        : throw new DemoException(
            $"{project} ended with exit code {exitCode}; its message is above. To try again from the start, delete {Relative(work)}");
}

Process Start(string command, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(command, arguments)
{
    WorkingDirectory = root,
    RedirectStandardOutput = true,
    RedirectStandardError = true,
}) ?? throw new DemoException($"{command} does not start");

string Assembly(string project) => Path.Combine(root, "artifacts", "bin", project, "debug", $"LeNetServe.{project}.dll");

string Relative(string path)
{
    var relative = Path.GetRelativePath(root, path);
    return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
}

static async Task<bool> Reachable(string host)
{
    try
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        using var socket = new TcpClient();
        await socket.ConnectAsync(host, 443, timeout.Token);
        return true;
    }
    catch (Exception exception) when (exception is SocketException or OperationCanceledException)
    {
        return false;
    }
}

static void Step(string name, string what) => Console.WriteLine($"\n── {name}: {what}");

static void Result(string text) => Console.WriteLine($"   {text}");

static string Seconds(Stopwatch clock) => $"{clock.Elapsed.TotalSeconds:F1} s";

static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";

internal sealed record LabeledImage(string Id, string Label, byte[] Pixels, int Side)
{
    public void Save(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, Label));
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        Marshal.Copy(Pixels, 0, bitmap.GetPixels(), Pixels.Length);
        using var file = File.Create(Path.Combine(folder, Label, $"{Id}.png"));
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    public char Braille(int x, int y)
    {
        ReadOnlySpan<(int X, int Y)> dots = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
        var pattern = 0;
        for (var dot = 0; dot < dots.Length; dot++)
            pattern |= Pixels[((y + dots[dot].Y) * Side) + x + dots[dot].X] > 96 ? 1 << dot : 0;
        return (char)(0x2800 + pattern);
    }
}

internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;
    private readonly Queue<string> lines = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Server(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Read;
        process.ErrorDataReceived += Read;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = FailAtTheEnd();
    }

    /// <summary>Address of gRPC, from when the server listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Completes when the models are loaded, and fails if the server ends before.</summary>
    public Task Ready => ready.Task;

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            if (OperatingSystem.IsWindows() || Kill(process.Id, 15) != 0)
                process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    // All is read, as a pipe that nobody reads would stop the server once it is full; the last lines are kept for the message of a failure.
    private void Read(object sender, DataReceivedEventArgs read)
    {
        lock (lines)
        {
            if (read.Data is not { } line)
                return;
            lines.Enqueue(line);
            if (lines.Count > 20)
                lines.Dequeue();
            if (line.StartsWith("LeNetServe listening grpc=", StringComparison.Ordinal))
                Url = line.Split(' ')[2]["grpc=".Length..];
            if (line.StartsWith("LeNetServe ready ", StringComparison.Ordinal))
                ready.TrySetResult();
        }
    }

    private async Task FailAtTheEnd()
    {
        await process.WaitForExitAsync();
        if (!ready.Task.IsCompleted)
            ready.TrySetException(new DemoException($"the server ended with exit code {process.ExitCode}\n{string.Join('\n', lines)}"));
    }

    // SIGTERM: the server finishes what is in flight.
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

internal sealed class DemoException(string message) : Exception(message);
