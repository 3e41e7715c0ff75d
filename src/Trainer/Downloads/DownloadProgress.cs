namespace LeNetServe.Trainer.Downloads;

/// <summary>The progress of one file.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Received">Bytes on this disk, those of an earlier attempt included.</param>
/// <param name="Total">Bytes in all.</param>
internal sealed record DownloadProgress(string File, long Received, long Total);
