namespace LeNetServe.BatchScorer.Inputs;

/// <summary>Archives that are read without unpacking.</summary>
internal enum ArchiveKind
{
    Zip,
    Tar,
    TarGz,
}
