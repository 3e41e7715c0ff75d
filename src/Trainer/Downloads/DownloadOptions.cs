namespace LeNetServe.Trainer.Downloads;

internal sealed record DownloadOptions
{
    /// <summary>Never use the network; a missing file is an error.</summary>
    public bool Offline { get; init; }

    /// <summary>A mirror tried before the known ones, such as one inside a company's network. The pinned hashes apply to it too.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Fetch damaged files anew instead of failing.</summary>
    public bool Replace { get; init; }

    /// <summary>A connection without a byte for this long is given up. Too short a time breaks slow lines.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts in a row without a new byte before the next mirror is tried.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; it doubles with each further one.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);
}
