using System.Globalization;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Cli.Pages;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The page of mistakes: accuracy, the most confident mistakes, figures per class, and the images without a score.</summary>
internal static class MistakesPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="path">Path of the page.</param>
    /// <param name="tally">The counts.</param>
    /// <param name="mistakes">The mistakes, most confident first.</param>
    /// <param name="pixels">Gets an image as the model saw it, C×H×W; null if the image cannot be read any more.</param>
    /// <param name="attribute">Gets the parts of pixels that speak for a class, H×W; null if the model is not here.</param>
    public static void Write(
        string path,
        Tally tally,
        IReadOnlyList<Mistake> mistakes,
        Func<InputImage, byte[]?> pixels,
        Func<byte[], int, float[]?> attribute)
    {
        var model = $"{tally.Model.Name}/{tally.Model.Version}";
        var (channels, height, width) = tally.Model.Imaging.Input;
        var shown = mistakes.Select(mistake => mistake.Name).Concat(tally.Failures.Select(failure => failure.Name)).ToList();
        var folder = CommonFolder(shown);
        var lead = string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * tally.Accuracy:0.00} % of {tally.Labeled:N0} labeled images are right. "
            + $"{model} has the SHA-256 {tally.Model.Sha256}.");
        AtomicFile.WriteText(path, Page.Render(typeof(MistakesPage).Assembly, "mistakes.html", $"Mistakes of {model}", lead, new
        {
            tally.Model.Labels,
            tally.Images,
            tally.Failed,
            Labeled = tally.Labeled,
            tally.Correct,
            Confusion = tally.Rows,
            Mistakes = mistakes.Select(mistake =>
            {
                var seen = mistake.Image is { } image ? pixels(image) : null;
                return new
                {
                    Name = mistake.Name[folder..],
                    Title = mistake.Name,
                    Right = mistake.Actual,
                    Answer = mistake.Predicted,
                    mistake.Probability,
                    Shape = (int[])[channels, height, width],
                    Picture = seen,
                    Heat = seen is not null && attribute(seen, mistake.Predicted) is { } heat ? SignedBytes.Of(heat) : null,
                };
            }),
            Failures = tally.Failures.Select(failure => new { Name = failure.Name[folder..], failure.Error.Kind, failure.Error.Text }),
        }));
    }

    /// <summary>Length of the folder that all names begin with.</summary>
    private static int CommonFolder(List<string> names)
    {
        var common = names.Count == 0 ? 0 : names.Min(name => name.AsSpan().CommonPrefixLength(names[0]));
        return common == 0 ? 0 : names[0].AsSpan(0, common).LastIndexOf('/') + 1;
    }
}
