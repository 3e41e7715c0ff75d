namespace LeNetServe.Trainer.Tests.Training;

/// <summary>A directory that goes when the test ends.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lenetserve-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
