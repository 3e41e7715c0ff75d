namespace LeNetServe.Client;

/// <summary>The outcome of one image in a batch or a stream: an answer or an error.</summary>
public sealed record ImageOutcome
{
    /// <summary>Gets the image's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the answer; null if the image failed.</summary>
    public Classification? Classification { get; init; }

    /// <summary>Gets the error; null if the image has an answer.</summary>
    public LeNetServeException? Error { get; init; }

    /// <summary>Returns the answer, or throws the image's error.</summary>
    public Classification OrThrow() => Classification ?? throw Error!;
}
