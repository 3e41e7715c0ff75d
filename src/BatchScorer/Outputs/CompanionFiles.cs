namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The paths of the files beside the rows.</summary>
/// <param name="Summary">The summary.</param>
/// <param name="Page">The page of mistakes.</param>
/// <param name="Sheet">The contact sheet.</param>
internal sealed record CompanionFiles(string Summary, string Page, string Sheet)
{
    /// <summary>Gets the folder of the mistakes' heat maps; null if they are not wanted.</summary>
    public string? HeatMaps { get; init; }

    /// <summary>Gets the paths beside a file of rows.</summary>
    public static CompanionFiles Beside(string rows) => new(
        Path.ChangeExtension(rows, ".summary.json"), Path.ChangeExtension(rows, ".mistakes.html"),
        Path.ChangeExtension(rows, ".preview.png"));

    /// <summary>Gets the paths in a job's folder.</summary>
    public static CompanionFiles In(string folder) => new(
        Path.Combine(folder, "summary.json"), Path.Combine(folder, "mistakes.html"), Path.Combine(folder, "preview.png"));
}
