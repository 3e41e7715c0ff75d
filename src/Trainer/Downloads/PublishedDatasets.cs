using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Downloads;

/// <summary>The data sets with published files: <c>datasets.json</c>, part of the program.</summary>
internal static class PublishedDatasets
{
    /// <summary>Gets all data sets.</summary>
    public static IReadOnlyList<RemoteDataset> All { get; } = TrainerJson.Embedded<RemoteDataset[]>("datasets.json");

    /// <summary>Gets their names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(dataset => dataset.Name));

    /// <summary>Gets the data set of that name, or null.</summary>
    public static RemoteDataset? Find(string name) => All.FirstOrDefault(dataset => dataset.Name == name);
}
