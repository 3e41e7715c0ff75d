using LeNetServe.Exporter.Tests.Interoperability;

namespace LeNetServe.Exporter.Tests.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    [Fact]
    public async Task Verify_LogitsBesideOtherGoldenTensors_IsBadInput()
    {
        var directory = sandbox["elsewhere"];
        await ExporterProcess.RunAsync("", "export", "--run", sandbox.Run.Path, "--out", directory, "--name", "net", "--outputs", "logits");
        File.Copy(sandbox.CreateRun(seed: 2).Golden,
            Path.Combine(directory, "golden.safetensors"), overwrite: true);

        Assert.Equal((int)ExitCode.BadInput, (await ExporterProcess.RunAsync("", "verify", "--model", directory)).Code);
    }

    [Fact]
    public async Task Verify_DataForStrokes_IsAUsageError()
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            "", "verify", "--model", sandbox.Models, "--dataset", "strokes", "--data", sandbox["."]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("which is drawn and has no files", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AFolderAsTheDataset_SaysHowToGiveIt()
    {
        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", sandbox.Models, "--dataset", sandbox["."]);

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains($"; for your own images --dataset folder --data {sandbox["."]}\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FileWithOneBitFlipped_IsBadInput()
    {
        await sandbox.ExportAsync();
        var path = Path.Combine(sandbox.Models, "net/1/model.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", path);

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Contains("changed or damaged", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DatasetWithoutItsFolder_NamesDataAndTheDownload()
    {
        var (code, _, error) = await ExporterProcess.RunAsync(
            $"LENETSERVE_DATA={sandbox["nowhere"]}", "verify", "--model", sandbox.Models, "--dataset", "mnist");

        Assert.Equal((int)ExitCode.BadInput, code);
        Assert.Equal(
            $"error: --dataset is mnist, and the folder {sandbox["nowhere/mnist"]} does not exist; name the folder with --data, "
            + "or run 'lenetserve-train datasets download mnist'\n",
            error);
    }

    [Fact]
    public async Task Verify_DatasetInTheFolderOfAll_IsFound()
    {
        var directory = await ExportDigits();
        WriteMnist(Directory.CreateDirectory(sandbox["all/mnist"]).FullName);

        var verified = await ExporterProcess.RunAsync(
            $"LENETSERVE_DATA={sandbox["all"]}", "verify", "--model", directory, "--dataset", "mnist");

        Assert.Equal((0, ""), (verified.Code, verified.Error));
        Assert.Contains("of 3 test images of mnist correct", verified.Output, StringComparison.Ordinal);
        Assert.EndsWith($"\nnext: lenetserve-score score PICTURES --model {directory} --out scores.jsonl\n", verified.Output);
    }

    [Fact]
    public async Task Verify_FolderWithABrokenPicture_PassesOverItIfAsked()
    {
        var directory = await ExportDigits();
        foreach (var part in new[] { "train", "test" })
            for (var digit = 0; digit < 10; digit++)
                CopyDigits(digit, Directory.CreateDirectory(sandbox[$"pictures/{part}/{digit}"]).FullName);
        File.WriteAllText(sandbox["pictures/test/3/broken.png"], "not a picture");

        string[] command = ["verify", "--model", directory, "--dataset", "folder", "--data", sandbox["pictures"]];
        var strict = await ExporterProcess.RunAsync("", command);
        var lenient = await ExporterProcess.RunAsync("", [.. command, "--skip-unreadable"]);

        Assert.Equal((int)ExitCode.BadInput, strict.Code);
        Assert.Equal((0, ""), (lenient.Code, lenient.Error));
        Assert.Contains("passed over: ", lenient.Output, StringComparison.Ordinal);
        Assert.Contains("broken.png", lenient.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FolderWithoutData_IsAUsageError()
    {
        var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", sandbox.Models, "--dataset", "folder");

        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("expected the pictures' folder in --data", error, StringComparison.Ordinal);
    }

    public void Dispose() => sandbox.Dispose();

    private async Task<string> ExportDigits()
    {
        var run = sandbox.CreateRun(dataset: "mnist");
        var exported = await ExporterProcess.RunAsync("", "export", "--run", run.Path, "--out", sandbox["digits"], "--name", "net");
        Assert.Equal((0, ""), (exported.Code, exported.Error));
        return sandbox["digits"];
    }

    private static void CopyDigits(int digit, string folder)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, $"docs/digits/{digit}"), "*.png").Take(2))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    private static void WriteMnist(string folder)
    {
        foreach (var (part, count) in new[] { ("train", 2), ("t10k", 3) })
        {
            File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte"),
                [0, 0, 8, 3, .. Size(count), .. Size(28), .. Size(28), .. new byte[count * 784]]);
            File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, .. Size(count), .. new byte[count]]);
        }

        static byte[] Size(int value) => [0, 0, 0, (byte)value];
    }
}
