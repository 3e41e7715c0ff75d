namespace LeNetServe.Trainer.Tests.Downloads;

public sealed class DatasetsCommandTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-datasets-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task List_EmptyRoot_NamesAllSetsAsNotHere()
    {
        var (code, output, _) = await TrainerProcess.RunAsync(["datasets", "list", "--root", root]);

        Assert.Equal(0, code);
        Assert.Matches("(?s)mnist .*not here.*fashion-mnist .*not here.*cifar10 .*not here", output);
    }

    [Fact]
    public async Task ListAndVerify_FolderInPlaceOfTheArchive_SayTheSame()
    {
        Directory.CreateDirectory(Path.Combine(root, "cifar10", "train"));

        var (listed, list, _) = await TrainerProcess.RunAsync(["datasets", "list", "--root", root]);
        var (verified, verify, error) = await TrainerProcess.RunAsync(["datasets", "verify", "cifar10", "--root", root]);

        Assert.True((listed, verified) == (0, 0), error);
        Assert.Contains("here (train/, unchecked)  ", list, StringComparison.Ordinal);
        Assert.StartsWith($"unchecked {Path.Combine(root, "cifar10", "train")}: ", verify, StringComparison.Ordinal);
        var titles = list.TrimEnd().Split('\n').Select(line => line.LastIndexOf("  ", StringComparison.Ordinal));
        Assert.Single(titles.Distinct());
    }

    [Fact]
    public async Task Download_ProxyVariables_AreHonoured()
    {
        await using var proxy = new TestMirror(_ => new(404, []));
        var address = proxy.Address.AbsoluteUri;

        var (code, _, error) = await TrainerProcess.RunAsync(
            ["datasets", "download", "mnist", "--root", root, "--mirror", "http://mirror.invalid/mnist"],
            ("http_proxy", address), ("https_proxy", address), ("no_proxy", null), ("NO_PROXY", null));

        Assert.Equal(5, code);
        Assert.Contains("http://mirror.invalid/mnist/train-images-idx3-ubyte.gz: answers 404", error, StringComparison.Ordinal);
        Assert.Equal("http://mirror.invalid/mnist/train-images-idx3-ubyte.gz", proxy.Requests.First().Target);
        Assert.Contains(proxy.Requests, request => request.Target.EndsWith(":443", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Download_Offline_IsBadInputInOneLine()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["datasets", "download", "mnist", "--root", root, "--offline"]);

        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Download_UnknownName_IsAUsageError()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["datasets", "download", "imagenet", "--root", root]);

        Assert.Equal(2, code);
        Assert.Contains("no data set is named \"imagenet\": known are mnist, fashion-mnist, cifar10", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_RealMnist_IsSound()
    {
        var directory = RealData.Find("mnist");

        var (code, output, _) = await TrainerProcess.RunAsync(["datasets", "verify", "mnist", "--root", Path.GetDirectoryName(directory)!]);

        Assert.Equal(0, code);
        Assert.Equal(4, output.TrimEnd().Split('\n').Count(line => line.StartsWith("sound ", StringComparison.Ordinal)));
    }
}
