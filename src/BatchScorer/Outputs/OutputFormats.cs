namespace LeNetServe.BatchScorer.Outputs;

/// <summary>Formats and the extensions that name them.</summary>
internal static class OutputFormats
{
    /// <summary>The format that a file's extension names; null for any other, which is a folder's name.</summary>
    public static OutputFormat? OfExtension(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => OutputFormat.Jsonl,
        ".csv" => OutputFormat.Csv,
        ".parquet" => OutputFormat.Parquet,
        _ => null,
    };

    public static string Extension(this OutputFormat format) => $".{format.ToString().ToLowerInvariant()}";
}
