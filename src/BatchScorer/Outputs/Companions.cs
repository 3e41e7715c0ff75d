using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>The files beside the rows: the summary, with labels the page of mistakes, on request the contact sheet.</summary>
/// <param name="model">The model that scored.</param>
/// <param name="imaging">The imaging that it used.</param>
/// <param name="preview">Images on the contact sheet.</param>
internal sealed class Companions(Models.ScoringModel model, ImagingSpec imaging, int preview)
{
    private readonly WorstMistakes worst = new();
    private readonly List<InputImage> previewed = [];

    public Tally Tally { get; } = new(model);

    /// <summary>Gets the mistakes to show, most confident first.</summary>
    public IReadOnlyList<Mistake> Mistakes => worst.InOrder();

    /// <summary>Counts a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="image">Where its image is; null if that is looked up later.</param>
    public void Add(ScoreRow row, long number, InputImage? image)
    {
        Tally.Add(row);
        worst.Add(row, number, image);
        if (number < preview && image is not null)
            previewed.Add(image);
    }

    /// <summary>Writes the files.</summary>
    /// <param name="summary">The summary's path.</param>
    /// <param name="page">The page's path.</param>
    /// <param name="sheet">The contact sheet's path.</param>
    /// <param name="find">Gets the images of rows by their numbers, if <see cref="Add"/> was not given them.</param>
    public void Write(
        string summary, string page, string sheet, Func<IReadOnlySet<long>, IReadOnlyDictionary<long, InputImage>>? find = null)
    {
        SummaryFile.Write(summary, Tally);
        var mistakes = Mistakes;
        IReadOnlyList<InputImage> first = previewed;
        if (find is not null)
        {
            long[] firstRows = [.. Enumerable.Range(0, (int)Math.Min(preview, Tally.Images))];
            var found = find(firstRows.Concat(mistakes.Select(mistake => mistake.Row)).ToHashSet());
            mistakes = [.. mistakes.Select(mistake => mistake with { Image = found.GetValueOrDefault(mistake.Row) })];
            first = [.. firstRows.Select(row => found[row])];
        }
        if (Tally.Labelled > 0)
            MistakesPage.Write(page, Tally, mistakes, new ModelView(imaging).Pixels);
        else
            File.Delete(page);
        if (preview > 0)
            ContactSheet.Write(sheet, first, imaging);
    }
}
