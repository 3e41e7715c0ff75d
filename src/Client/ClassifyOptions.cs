namespace LeNetServe.Client;

/// <summary>What a call may ask for; every default leaves the choice to the server.</summary>
public sealed record ClassifyOptions
{
    /// <summary>Model name; empty where the server has one model only, or for the client's default.</summary>
    public string Model { get; init; } = "";

    /// <summary>Version; 0 for the newest one served.</summary>
    public long Version { get; init; }

    /// <summary>How many predictions to return, best first; 0 for all classes.</summary>
    public int TopK { get; init; }

    /// <summary>How a picture is brought to the model's size.</summary>
    public Geometry Geometry { get; init; }

    /// <summary>Time allowed for the whole call, retries included; the client's <see cref="LeNetServeClientOptions.Timeout"/> where null.</summary>
    public TimeSpan? Timeout { get; init; }
}
