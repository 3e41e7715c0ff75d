using System.Threading.Channels;
using LeNetServe.Files;
using LeNetServe.Randomness;

namespace LeNetServe.InferenceServer.Recording;

/// <summary>
/// Logs a sample of the images and their answers as files, so that a person can label them and train with them. A call only puts its
/// image into a queue, and a thread writes the files. If the queue is full or a file cannot be written, the image is dropped and counted.
/// </summary>
internal sealed partial class ImageLog(ImageLogOptions options, TimeProvider time, ILogger<ImageLog> logger) : BackgroundService
{
    private const int QueueLength = 256;
    private readonly Channel<LoggedImage> queue = Channel.CreateBounded<LoggedImage>(QueueLength);
    private long offered, logged, dropped;
    private bool isFailing;

    /// <summary>Gets a value indicating whether images are logged.</summary>
    public bool IsOn => options.Folder is not null;

    /// <summary>Gets the number of images in files.</summary>
    public long Logged => Interlocked.Read(ref logged);

    /// <summary>Gets the number of images that were drawn and are not in files.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Draws whether the next image is logged.</summary>
    public bool Draw() => new SplitMix64((ulong)Interlocked.Increment(ref offered)).Next(1000) < options.PerMille;

    /// <summary>Adds an image that was drawn. Returns at once and never fails.</summary>
    public void Add(LoggedImage image)
    {
        if (!queue.Writer.TryWrite(image))
            Interlocked.Increment(ref dropped);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    // The images that are in the queue when the server stops are written. A slow disk must not hold a thread of the pool.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Folder is { } folder
        ? Task.Factory.StartNew(
            () => WriteAll(new(folder, options.MaxBytes)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        : Task.CompletedTask;

    private void WriteAll(ImageLogFolder folder)
    {
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            while (queue.Reader.TryRead(out var image))
                Write(folder, image);
    }

    private void Write(ImageLogFolder folder, LoggedImage image)
    {
        try
        {
            folder.Write(image.Folder, image.FileName(time.GetUtcNow(), logged), image.Encode());
            Interlocked.Increment(ref logged);
            isFailing = false;
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref dropped);
            if (!isFailing)
                LogDropping(TemporaryFile.WithPaths(exception.Message));
            isFailing = true;
        }
    }

    [LoggerMessage(60, LogLevel.Warning, "Drops images of the log until it can write again: {Reason}", EventName = "Dropping")]
    private partial void LogDropping(string reason);
}
