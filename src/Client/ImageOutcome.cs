namespace LeNetServe.Client;

/// <summary>What became of one image of a batch or a stream: an answer or its own error.</summary>
public sealed record ImageOutcome
{
    /// <summary>The id the image was sent with.</summary>
    public string Id { get; init; } = "";

    /// <summary>The answer; null where the image failed.</summary>
    public Classification? Classification { get; init; }

    /// <summary>Why the image failed; null where it did not.</summary>
    public LeNetServeException? Error { get; init; }

    /// <summary>The answer, or the image's error thrown.</summary>
    public Classification OrThrow() => Classification ?? throw Error!;
}
