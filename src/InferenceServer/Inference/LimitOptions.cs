using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Inference;

/// <summary>The sizes above which requests are rejected, before memory or time is spent on them.</summary>
internal sealed record LimitOptions
{
    /// <summary>Largest message or body, in bytes. The memory of a flood grows with it: streams × connections × this.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>Most pixels of an encoded image, read from its header before it is decoded. Decoding takes about 8 bytes a pixel.</summary>
    public long MaxImagePixels { get; init; } = ImagePreprocessor.DefaultMaxPixels;

    /// <summary>
    /// Most pixels of all encoded images of a request, read from their headers. A request above the limit is rejected as a whole: its
    /// decoding would hold a core for seconds.
    /// </summary>
    public long MaxRequestPixels { get; init; } = 2 * ImagePreprocessor.DefaultMaxPixels;

    /// <summary>Most images in one request.</summary>
    public int MaxBatch { get; init; } = 1024;

    /// <summary>Most concurrent HTTP/2 streams of a connection. Clients hold back further calls.</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>Images of one ClassifyStream that are worked on at once.</summary>
    public int StreamParallelism { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Gets the end of a message about a value above a limit.</summary>
    /// <param name="limit">The name of the limit's property.</param>
    public static string Remedy(string limit) => $"send less or smaller pictures, or start the server with a larger --Limits:{limit}";

    public static LimitOptions Read(SettingsReader reader)
    {
        var defaults = new LimitOptions();
        return new()
        {
            MaxMessageBytes = reader.Integer(
                "Limits:MaxMessageBytes", defaults.MaxMessageBytes, 1024, 1 << 30, "Largest message or body, in bytes"),
            MaxImagePixels = reader.Long(
                "Limits:MaxImagePixels",
                defaults.MaxImagePixels,
                1,
                1 << 30,
                "Most pixels of an encoded image, told by its header before decoding"),
            MaxRequestPixels = reader.Long(
                "Limits:MaxRequestPixels", defaults.MaxRequestPixels, 1, 1L << 40, "Most pixels of all encoded images of a request"),
            MaxBatch = reader.Integer("Limits:MaxBatch", defaults.MaxBatch, 1, 1 << 20, "Most images in one request"),
            MaxStreams = reader.Integer(
                "Limits:MaxStreams", defaults.MaxStreams, 1, 1 << 20, "Most concurrent HTTP/2 streams of a connection"),
            StreamParallelism = reader.Integer(
                "Limits:StreamParallelism",
                defaults.StreamParallelism,
                1,
                4096,
                "Images of one ClassifyStream worked on at once",
                "two for each core"),
        };
    }
}
