using LeNetServe.Client;
using LeNetServe.EndToEnd.Tests.Programs;

namespace LeNetServe.EndToEnd.Tests.Agreement;

/// <summary>A server logs what it is sent, a person sorts the files into folders of classes, and the trainer reads them.</summary>
public sealed class ImageLogTests
{
    [Fact]
    public async Task Train_OnASortedLogOfImages_LearnsFromEachOfThem()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("log"));
        var digits = Directory.GetFiles(Path.Combine(RepositoryTree.Root, "docs", "digits"), "*.png", SearchOption.AllDirectories);
        string[] settings = ["--image-log", folder.Combine("log"), "--ImageLog:PerMille", "1000"];
        await using (var server = await ServerProcess.Start(Path.Combine(RepositoryTree.Root, "models"), settings))
        {
            using var client = new LeNetServeClient(server.GrpcUrl);
            foreach (var digit in digits.Concat(digits))
                await client.ClassifyFileAsync(digit, new() { Model = "lenet5-mnist" }, cancellation);
        }

        var log = folder.Combine("log", "lenet5-mnist");
        var logged = Directory.GetFiles(log, "*.png");
        Assert.Equal(2 * digits.Length, logged.Length);
        foreach (var file in logged)
        {
            var label = Path.GetFileName(file).Split('_')[2];
            File.Move(file, Path.Combine(Directory.CreateDirectory(Path.Combine(log, label)).FullName, Path.GetFileName(file)));
        }
        string[] train = ["train", "--dataset", "folder", "--data", log, "--epochs", "1", "--out", "runs"];
        var trained = (await BuiltProgram.Run("Trainer", folder.Path, train)).Expect(ExitCode.Success);

        Assert.Contains($"{logged.Length - 10} + 10 images", trained.Output, StringComparison.Ordinal);
    }
}
