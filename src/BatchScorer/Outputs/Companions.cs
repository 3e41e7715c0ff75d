using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Cli.Pages;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The files beside the rows: the summary, with labels the page of mistakes, on request the contact sheet and heat maps.</summary>
/// <param name="model">The model that scored.</param>
/// <param name="preview">Images on the contact sheet.</param>
/// <param name="classifier">The classifier, which explains the mistakes; null if others scored.</param>
internal sealed class Companions(Models.ScoringModel model, int preview, Models.IBatchClassifier? classifier)
{
    /// <summary>The mistakes that are explained if no heat maps are wanted: the page's first rows.</summary>
    public const int ExplainedFirst = 24;

    private readonly WorstMistakes worst = new();
    private readonly PreviewSample sample = new(preview);

    public Tally Tally { get; } = new(model);

    /// <summary>Counts a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="image">Its image; null if that is looked up later.</param>
    public void Add(ScoreRow row, long number, InputImage? image)
    {
        Tally.Add(row);
        worst.Add(row, number, image);
        sample.Add(row, number, image);
    }

    /// <summary>Writes the files.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="find">Gets the images of rows by their numbers, if <see cref="Add"/> was not given them.</param>
    /// <returns>The files that were written.</returns>
    public IReadOnlyList<string> Write(
        CompanionFiles files, Func<IReadOnlySet<long>, IReadOnlyDictionary<long, InputImage>>? find = null)
    {
        SummaryFile.Write(files.Summary, Tally);
        var written = new List<string> { files.Summary };
        var mistakes = worst.InOrder();
        var previewed = sample.Rows();
        if (find is not null)
        {
            var found = find(previewed.Select(row => row.Row).Concat(mistakes.Select(mistake => mistake.Row)).ToHashSet());
            mistakes = [.. mistakes.Select(mistake => mistake with { Image = found.GetValueOrDefault(mistake.Row) })];
            previewed = [.. previewed.Select(row => (row.Row, found.GetValueOrDefault(row.Row)))];
        }
        var view = new ModelView(model.Imaging);
        var seen = See(mistakes, view, files.HeatMaps is null ? ExplainedFirst : mistakes.Count);
        if (Tally.Labeled > 0)
        {
            MistakesPage.Write(files.Page, Tally, seen);
            written.Add(files.Page);
        }
        else
        {
            File.Delete(files.Page);
        }
        if (preview > 0)
        {
            ContactSheet.Write(files.Sheet, [.. previewed.Select(row => row.Image).OfType<InputImage>()], model.Imaging);
            written.Add(files.Sheet);
        }
        if (files.HeatMaps is { } folder)
        {
            HeatMaps.Write(folder, seen, view);
            written.Add(folder);
        }
        return written;
    }

    /// <summary>Explains the first mistakes on all cores: without a gradient, one explanation runs the model on up to 225 images.</summary>
    private SeenMistake[] See(IReadOnlyList<Mistake> mistakes, ModelView view, int count) => Task.WhenAll(mistakes.Select((mistake, rank) =>
    {
        var pixels = mistake.Image is { } image ? view.Pixels(image) : null;
        return Task.Run(() =>
        {
            var heat = pixels is null || rank >= count ? null : classifier?.Attribute(pixels, mistake.Predicted);
            return new SeenMistake(mistake, pixels, heat is null ? null : SignedBytes.Of(heat.Values), heat?.Method);
        });
    })).GetAwaiter().GetResult();
}
