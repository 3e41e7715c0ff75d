using LeNetServe.Trainer.Downloads;

namespace LeNetServe.Trainer.Tests.Downloads;

public sealed class PublishedDatasetsTests
{
    [Fact]
    public void All_EveryFile_HasAHashOfTheRightLengthAndASize() =>
        Assert.All(PublishedDatasets.All.SelectMany(dataset => dataset.Files), file =>
        {
            Assert.True(file.Bytes > 0);
            Assert.True(file.Md5 is not null || file.Sha256 is not null);
            Assert.Matches("^[0-9a-f]{32}$", file.Md5 ?? new('0', 32));
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256 ?? new('0', 64));
            Assert.Matches("^[0-9a-f]{64}$", file.ContentSha256 ?? new('0', 64));
        });

    [Fact]
    public void All_EveryMirror_EndsInASlash() =>
        Assert.All(PublishedDatasets.All.SelectMany(dataset => dataset.Mirrors),
            mirror => Assert.EndsWith("/", mirror.AbsoluteUri, StringComparison.Ordinal));

    [Fact]
    public void Find_KnownNames_AreThere() =>
        Assert.Equal(
            ["mnist", "fashion-mnist", "cifar10"], PublishedDatasets.All.Select(dataset => PublishedDatasets.Find(dataset.Name)!.Name));

    [Fact]
    public void Of_TheRealMnist_IsSound()
    {
        var directory = RealData.Find("mnist");

        Assert.All(PublishedDatasets.Find("mnist")!.Files, file =>
        {
            var verdict = FileVerdict.Of(directory, file);
            Assert.True(verdict.State == FileState.Sound, verdict.Reason);
        });
    }
}
