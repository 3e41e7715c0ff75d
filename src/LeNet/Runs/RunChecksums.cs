using LeNetServe.Files;

namespace LeNetServe.Runs;

/// <summary>
/// SHA-256 of the files that an exporter reads, in a finished run's <c>SHA256SUMS</c>, which <c>sha256sum --check</c> reads. They show a
/// flipped bit in a weights file, which is otherwise a weights file like any other. They show an edited recipe, too.
/// </summary>
public static class RunChecksums
{
    /// <summary>Writes the sums of the run's config, model, weights, golden tensors, novelty and summary, as far as they exist.</summary>
    public static void Write(RunDirectory run) => AtomicFile.WriteText(run.Checksums,
        string.Concat(Files(run).Where(file => File.Exists(file.Path)).Select(file => $"{RegularFile.Sha256(file.Path)}  {file.Name}\n")));

    /// <summary>Compares every file with its sum.</summary>
    /// <returns>True if the run has sums; an unfinished one has none.</returns>
    /// <exception cref="InvalidDataException">A file differs from its sum or is missing, or the list itself is broken.</exception>
    public static bool Verify(RunDirectory run)
    {
        if (!File.Exists(run.Checksums))
            return false;
        var expected = RegularFile.ReadAllText(run.Checksums, 1 << 16);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in expected.Split('\n').SkipLast(1))
        {
            var file = Files(run).FirstOrDefault(file => line.Length > 66 && file.Name == line[66..]);
            if (file.Name is null || line[64..66] != "  " || !listed.Add(file.Name))
            {
                var names = string.Join(", ", Files(run).Select(known => known.Name));
                throw new InvalidDataException(
                    $"{run.Checksums}: line \"{line}\", expected a SHA-256, two spaces and one of {names}, each once");
            }
            if (!File.Exists(file.Path))
                throw new InvalidDataException($"{file.Path} is missing, expected the file that {run.Checksums} lists");
            var found = RegularFile.Sha256(file.Path);
            if (found != line[..64])
            {
                throw new InvalidDataException($"{file.Path}: SHA-256 {found}, expected {line[..64]} "
                    + $"as {run.Checksums} says: the file was changed or damaged after the run; restore it, or train anew with --force");
            }
        }
        // Lists of earlier versions do not have the config. It is the first line of later lists, so a cut list is never an earlier one.
        var missing = Files(run).Where(file => file.Path != run.Config && File.Exists(file.Path) && !listed.Contains(file.Name))
            .Select(file => file.Name).ToList();
        if (missing.Count > 0)
            throw new InvalidDataException($"{run.Checksums} is incomplete: {string.Join(", ", missing)} is not listed");
        return expected.EndsWith('\n') ? true : throw new InvalidDataException($"{run.Checksums} is incomplete: its last line is cut");
    }

    private static (string Name, string Path)[] Files(RunDirectory run) =>
    [
        ("config.json", run.Config),
        ("model.json", run.Model),
        ("checkpoint/model.safetensors", run.Weights),
        (Models.GoldenTensors.FileName, run.Golden),
        (Certainty.NoveltyModel.FileName, run.Novelty),
        ("summary.json", run.Summary),
    ];
}
