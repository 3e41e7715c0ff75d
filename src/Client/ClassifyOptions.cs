namespace LeNetServe.Client;

/// <summary>Options of a call. Every default leaves the choice to the server.</summary>
public sealed record ClassifyOptions
{
    /// <summary>Gets the model name. Empty selects the client's default, or the server's only model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Gets the version; 0 for the newest served version.</summary>
    public long Version { get; init; }

    /// <summary>Gets the number of predictions to return, best first; 0 for all classes.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Gets the coverage of <see cref="Classification.LabelSet"/>, one of those in the model's manifest such as 0.99; 0 for no set.
    /// </summary>
    public double Coverage { get; init; }

    /// <summary>Gets the way to fit a picture to the model's size.</summary>
    public Geometry Geometry { get; init; }

    /// <summary>Gets the time limit of the call including retries; null for <see cref="LeNetServeClientOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }
}
