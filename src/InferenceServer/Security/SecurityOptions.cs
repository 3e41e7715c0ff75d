namespace LeNetServe.InferenceServer.Security;

/// <summary>Who may talk to the server, and how much; section <c>Security</c>. Secrets stand in files, never in the configuration.</summary>
internal sealed record SecurityOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Security";

    /// <summary>TLS on all TCP ports; null: plain text, for a trusted network or behind a proxy that speaks TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>
    /// File of bearer tokens, one a line, that calls of models need; null: no token is asked for. Blank lines and lines that begin with # do
    /// not count. Instead of a token a line may hold <c>sha256:</c> and its hash. Changes are seen within <see cref="ReloadInterval"/>.
    /// </summary>
    public string? InferenceTokensFile { get; init; }

    /// <summary>File of bearer tokens that loading and unloading of models needs; null: closed, unless <see cref="OpenControl"/>.</summary>
    public string? ControlTokensFile { get; init; }

    /// <summary>Lets anyone who reaches the server load and unload models, where <see cref="ControlTokensFile"/> is not set.</summary>
    public bool OpenControl { get; init; }

    /// <summary>Who may read <c>/metrics</c>.</summary>
    public EndpointAccess Metrics { get; init; } = EndpointAccess.Open;

    /// <summary>Who may ask for the services' descriptions by gRPC reflection.</summary>
    public EndpointAccess Reflection { get; init; } = EndpointAccess.Open;

    /// <summary>A bound on the calls of each client; null: none.</summary>
    public RateLimitOptions? RateLimit { get; init; }

    /// <summary>How often the files of tokens and certificates are looked at.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(5);
}
