using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>Images of a job by their rows in the frozen list, each with the row that an earlier call left for it.</summary>
/// <param name="job">The job.</param>
/// <param name="wants">Chooses rows by number.</param>
/// <param name="key">Reuses rows with this key; null: reuses none.</param>
/// <param name="filter">Chooses the images among the members of archives.</param>
internal sealed class JobImages(Job job, Func<long, bool> wants, ScoringKey? key, NameFilter filter)
{
    private readonly byte[] directory = FrozenList.DirectoryBytes(job.File);
    private string? archive;
    private IEnumerator<InputImage>? members;
    private bool wanted;

    public IEnumerable<InputImage> Images()
    {
        long row = -1;
        IReadOnlyList<ScoreRow>? known = null;
        foreach (var line in FrozenList.Read(job.Folder, job.File))
        {
            row++;
            var part = Math.DivRem(row, job.File.PartSize, out var at);
            var mine = wants(row);
            if (mine && at == 0 && key is not null)
                known = Known(part);
            if (line.Archive is not null)
            {
                var image = Member(line, mine);
                if (mine)
                    yield return image with { Part = part, Known = Same(known, at, line) };
            }
            else if (mine)
            {
                yield return FrozenList.Image(line, directory, part, Same(known, at, line));
            }
        }
        members?.Dispose();
    }

    private IReadOnlyList<ScoreRow>? Known(long part) =>
        PartFile.TryRead(job.PartPath(part)) is { } file && file.Header.Scoring == key ? file.Rows : null;

    private static ScoreRow? Same(IReadOnlyList<ScoreRow>? known, long at, ListedImage line) =>
        known?.ElementAtOrDefault((int)at) is { } row && row.Name == line.Path ? row : null;

    /// <summary>The next member of an archive. The list has the archive's order, so one walk through it serves all its rows.</summary>
    private InputImage Member(ListedImage line, bool mine)
    {
        if (line.Archive != archive)
        {
            members?.Dispose();
            archive = line.Archive!;
            var path = FilePath.Under(directory, FilePath.ToBytes(archive));
            members = Archives.Images(path, Archives.KindOf(path)!.Value, filter, archive, () => wanted).GetEnumerator();
        }
        wanted = mine;
        if (!members!.MoveNext())
            return new InputImage { Name = line.Path, Error = Changed($"it ends before {line.Path}") };
        var image = members.Current;
        return image.Name == line.Path
            ? image
            : image with { Name = line.Path, Content = null, Error = image.Error ?? Changed($"found {image.Name}") };
    }

    private static RowError Changed(string text) => new(RowError.Unreadable, $"the archive has changed: {text}");
}
