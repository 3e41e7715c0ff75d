using System.Globalization;
using System.Text.Json.Serialization;
using LeNetServe.Cli.Pages;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The page of mistakes: accuracy, the most confident mistakes, figures per class, and the images without a score.</summary>
internal static partial class MistakesPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">Path of the page.</param>
    /// <param name="tally">The counts.</param>
    /// <param name="mistakes">The mistakes, most confident first.</param>
    public static void Write(string path, Tally tally, IReadOnlyList<SeenMistake> mistakes)
    {
        var model = $"{tally.Model.Name}/{tally.Model.Version}";
        var (channels, height, width) = tally.Model.Imaging.Input;
        var shown = mistakes.Select(seen => seen.Mistake.Name).Concat(tally.Failures.Select(failure => failure.Name)).ToList();
        var folder = CommonFolder(shown);
        var lead = string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * tally.Accuracy:0.00} % of {tally.Labeled:N0} labeled images are right. "
            + $"{model} has the SHA-256 {tally.Model.Sha256}.");
        AtomicFile.WriteText(path, Page.Render(typeof(MistakesPage).Assembly, "mistakes.html", $"Mistakes of {model}", lead, new Data(
            tally.Model.Labels,
            tally.Images,
            tally.Failed,
            tally.Labeled,
            tally.Correct,
            tally.Rows,
            mistakes.FirstOrDefault(seen => seen.Heat is not null)?.Method.ToString(),
            mistakes.Select(seen => new Tile(
                seen.Mistake.Name[folder..],
                seen.Mistake.Name,
                seen.Mistake.Actual,
                seen.Mistake.Predicted,
                seen.Mistake.Probability,
                [channels, height, width],
                seen.Pixels,
                seen.Heat)),
            tally.Failures.Select(failure => new Failure(failure.Name[folder..], failure.Error.Kind, failure.Error.Text))), Json.Default));
    }

    /// <summary>Length of the folder that all names begin with.</summary>
    private static int CommonFolder(List<string> names)
    {
        var common = names.Count == 0 ? 0 : names.Min(name => name.AsSpan().CommonPrefixLength(names[0]));
        return common == 0 ? 0 : names[0].AsSpan(0, common).LastIndexOf('/') + 1;
    }

    private sealed record Data(
        IReadOnlyList<string> Labels,
        long Images,
        long Failed,
        long Labeled,
        long Correct,
        IEnumerable<IEnumerable<long>> Confusion,
        string? Method,
        IEnumerable<Tile> Mistakes,
        IEnumerable<Failure> Failures);

    private sealed record Tile(
        string Name, string Title, int Right, int Answer, float Probability, int[] Shape, byte[]? Picture, byte[]? Heat);

    private sealed record Failure(string Name, string Kind, string Text);

    [JsonSerializable(typeof(Data))]
    private sealed partial class Json : JsonSerializerContext;
}
