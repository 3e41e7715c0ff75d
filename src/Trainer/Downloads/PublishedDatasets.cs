using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Downloads;

/// <summary>The data sets with published files: <c>datasets.json</c>, part of the program.</summary>
internal static class PublishedDatasets
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Gets all data sets.</summary>
    public static IReadOnlyList<RemoteDataset> All { get; } = Read();

    /// <summary>Gets their names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(dataset => dataset.Name));

    /// <summary>Gets the data set of that name, or null.</summary>
    public static RemoteDataset? Find(string name) => All.FirstOrDefault(dataset => dataset.Name == name);

    private static RemoteDataset[] Read()
    {
        using var stream = typeof(PublishedDatasets).Assembly.GetManifestResourceStream("datasets.json")
            ?? throw new InvalidOperationException("datasets.json is not embedded in the program");
        return JsonSerializer.Deserialize<RemoteDataset[]>(stream, Options)!;
    }
}
