using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.Imaging;

namespace LeNetServe.BatchScorer.Outputs;

/// <summary>What is written beside the rows: the summary, the page of mistakes where there are labels, the contact sheet where one is asked for.</summary>
/// <param name="model">The model that scored.</param>
/// <param name="imaging">How it saw the pictures.</param>
/// <param name="preview">Images on the contact sheet.</param>
internal sealed class Companions(Models.ScoringModel model, ImagingSpec imaging, int preview)
{
    private readonly WorstMistakes worst = new();
    private readonly List<InputImage> previewed = [];

    public Tally Tally { get; } = new(model);

    /// <summary>The mistakes to be shown, surest first.</summary>
    public IReadOnlyList<Mistake> Mistakes => worst.InOrder();

    /// <summary>Sees a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="image">Where its image is; null where that is looked up later.</param>
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
    /// <param name="find">Gives the images of rows by their numbers, where <see cref="Add"/> was not given them.</param>
    public void Write(string summary, string page, string sheet, Func<IReadOnlySet<long>, IReadOnlyDictionary<long, InputImage>>? find = null)
    {
        SummaryFile.Write(summary, Tally);
        var mistakes = Mistakes;
        IReadOnlyList<InputImage> first = previewed;
        if (find is not null)
        {
            var wanted = Enumerable.Range(0, (int)Math.Min(preview, Tally.Images)).Select(number => (long)number).Concat(mistakes.Select(mistake => mistake.Row)).ToHashSet();
            var found = find(wanted);
            mistakes = [.. mistakes.Select(mistake => mistake with { Image = found.GetValueOrDefault(mistake.Row) })];
            first = [.. Enumerable.Range(0, (int)Math.Min(preview, Tally.Images)).Select(number => found[number])];
        }
        if (Tally.Labelled > 0)
            MistakesPage.Write(page, Tally, mistakes, new ModelView(imaging).Png);
        else
            File.Delete(page);
        if (preview > 0)
            ContactSheet.Write(sheet, first, imaging);
    }
}
