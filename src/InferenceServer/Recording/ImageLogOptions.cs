using LeNetServe.Files;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>The section <c>ImageLog</c>: a sample of the images and answers, for a person to label. Off without a folder.</summary>
internal sealed record ImageLogOptions
{
    /// <summary>Gets the folder of the images; null: nothing is logged.</summary>
    public string? Folder { get; init; }

    /// <summary>Gets the number of logged images out of 1000.</summary>
    public int PerMille { get; init; } = 10;

    /// <summary>Gets the most space that the images take, in bytes. The oldest images are deleted for new ones.</summary>
    public long MaxBytes { get; init; } = 64 << 20;

    public static ImageLogOptions Read(SettingsReader reader)
    {
        const string Folder = "ImageLog:Folder";
        var defaults = new ImageLogOptions();
        var folder = reader.Path(Folder, null, "Folder for a sample of the images and answers; off without it", "an existing folder");
        if (folder is not null && !Directory.Exists(folder))
            reader.Fault($"{Folder} is \"{folder}\", expected an existing folder{NearestName.HintOfPath(folder)}");
        else if (folder is not null && WriteFault(folder) is { } reason)
            reader.Fault($"{Folder} is \"{folder}\", expected a folder that the server may write to: {reason}");
        reader.Needs(folder is not null, Folder, "ImageLog:PerMille", "ImageLog:MaxBytes");
        return new()
        {
            Folder = folder,
            PerMille = reader.Integer("ImageLog:PerMille", defaults.PerMille, 1, 1000, "Number of logged images out of 1000"),
            MaxBytes = reader.Long(
                "ImageLog:MaxBytes",
                defaults.MaxBytes,
                1 << 16,
                1L << 40,
                "Most space of the logged images; the oldest are deleted for new ones"),
        };
    }

    private static string? WriteFault(string folder)
    {
        try
        {
            new TemporaryFile(Path.Combine(folder, ".lenetserve")).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
