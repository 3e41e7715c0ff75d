namespace LeNetServe.Trainer.Downloads;

/// <summary>The request to list, download or verify data sets.</summary>
internal sealed record DatasetsOptions
{
    /// <summary>Folder of all data sets.</summary>
    public required string Root { get; init; }

    /// <summary>The data sets that the user named.</summary>
    public IReadOnlyList<RemoteDataset> Datasets { get; init; } = [];

    public DownloadOptions Download { get; init; } = new();
}
