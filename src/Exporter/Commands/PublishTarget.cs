using LeNetServe.Exporter.Publish;

namespace LeNetServe.Exporter.Commands;

/// <summary>Where a command publishes: as the next version of a repository, or to a new directory.</summary>
internal sealed record PublishTarget
{
    private readonly string? repository;
    private readonly string? directory;

    private PublishTarget(string? repository, string? directory) => (this.repository, this.directory) = (repository, directory);

    /// <summary>Whether the server will find the files.</summary>
    public bool IsRepository => repository is not null;

    /// <summary>Reads the two options, before any work is done.</summary>
    /// <exception cref="ExpectedException">Both or neither is given, or the place is taken.</exception>
    public static PublishTarget Read(string? repository, string? directory)
    {
        if ((repository is null) == (directory is null))
            throw new ExpectedException(ExitCode.Usage, $"{(repository is null ? "neither --repository nor --out is given" : "--repository and --out are both given")}, expected one of them");
        if (directory is not null && Path.Exists(directory))
            throw new ExpectedException(ExitCode.Usage, $"--out {directory} exists, expected a new directory: a version is never overwritten");
        if (File.Exists(repository))
            throw new ExpectedException(ExitCode.Usage, $"--repository {repository} is a file, expected a directory");
        return new(repository, directory);
    }

    /// <summary>Publishes and gives the version's directory.</summary>
    public string Publish(string name, VersionFiles files) =>
        repository is null ? ModelPublisher.PublishTo(directory!, files) : ModelPublisher.PublishNext(repository, name, files);
}
