using LeNetServe.Files;
using LeNetServe.Imaging;

namespace LeNetServe.Datasets;

/// <summary>Decodes many files in parallel into one set; the result does not depend on the number of threads.</summary>
internal sealed class PictureLoader(DatasetRequest request, int contentSide)
{
    private const int MaxFileBytes = 256 << 20;

    private readonly ImagePreprocessor preprocessor = new(new()
    {
        Input = new(request.Channels ?? (request.Geometry == Geometry.Digit ? 1 : 3), 32, 32),
        Geometry = request.Geometry,
        ContentSize = contentSide,
    });

    /// <summary>The way from a picture to an image.</summary>
    public ImagingSpec Imaging => preprocessor.Spec;

    /// <summary>Gets width and height from the file's header; null if it cannot be read.</summary>
    public static (int Width, int Height)? TryReadSize(string path)
    {
        try
        {
            return ImageDecoder.ReadSize(RegularFile.ReadAllBytes(path, MaxFileBytes));
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            return null;
        }
    }

    /// <summary>Loads all readable pictures and names the skipped ones, with the reason by path.</summary>
    /// <exception cref="InvalidDataException">A picture must not be skipped and is unreadable.</exception>
    public (ImageSet Set, IReadOnlyDictionary<string, string> Skipped) Load(
        IReadOnlyList<LabeledFile> files, CancellationToken cancellation)
    {
        var size = Imaging.Input.Count;
        if ((long)files.Count * size > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{request.Directory}: {files.Count} pictures, expected at most {Array.MaxLength / size} of {Imaging.Input}");
        }
        var pixels = new byte[files.Count * size];
        var faults = new Exception?[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellation }, (index, loop) =>
        {
            try
            {
                preprocessor.Process(RegularFile.ReadAllBytes(files[index].Path, MaxFileBytes), pixels.AsSpan(index * size, size));
            }
            catch (Exception exception) when (IsUnreadable(exception))
            {
                faults[index] = exception;
                if (!request.SkipUnreadable)
                    loop.Break();
            }
        });
        if (Array.FindIndex(faults, fault => fault is not null) is >= 0 and var first && !request.SkipUnreadable)
            throw new InvalidDataException(Named(files[first].Path, faults[first]!.Message), faults[first]);
        return Compact(files, pixels, faults);
    }

    private (ImageSet Set, IReadOnlyDictionary<string, string> Skipped) Compact(
        IReadOnlyList<LabeledFile> files, byte[] pixels, Exception?[] faults)
    {
        var readable = Enumerable.Range(0, files.Count).Where(index => faults[index] is null).ToArray();
        var size = Imaging.Input.Count;
        if (readable.Length < files.Count)
        {
            for (var place = 0; place < readable.Length; place++)
                pixels.AsSpan(readable[place] * size, size).CopyTo(pixels.AsSpan(place * size));
            pixels = pixels[..(readable.Length * size)];
        }
        var set = new ImageSet(Imaging.Input, pixels, Array.ConvertAll(readable, index => files[index].Label))
        {
            Files = Array.ConvertAll(readable, index => Path.GetRelativePath(request.Directory ?? ".", files[index].Path)),
        };
        var skipped = Enumerable.Range(0, files.Count).Where(index => faults[index] is not null);
        return (set, skipped.ToDictionary(index => files[index].Path, index => Named(files[index].Path, faults[index]!.Message)));
    }

    private static string Named(string path, string message) =>
        message.StartsWith(path, StringComparison.Ordinal) ? message : $"{path}: {message}";

    private static bool IsUnreadable(Exception exception) =>
        exception is ImageException or InvalidDataException or IOException or UnauthorizedAccessException;
}
