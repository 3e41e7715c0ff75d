using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The section <c>Security</c>: access to the server. Secrets are in files, never in the configuration.</summary>
internal sealed record SecurityOptions
{
    /// <summary>Gets TLS for all TCP ports. Null means plain text, for a trusted network or behind a proxy with TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>
    /// Gets the file of bearer tokens for calls of models, one a line; null if calls need no token. Blank lines and lines that begin with #
    /// are ignored. A line may have <c>sha256:</c> and a token's hash instead of the token. Changes take effect within
    /// <see cref="ReloadInterval"/>.
    /// </summary>
    public string? InferenceTokensFile { get; init; }

    /// <summary>
    /// Gets the file of bearer tokens for loading and unloading of models. Null closes these calls, unless <see cref="OpenControl"/>.
    /// </summary>
    public string? ControlTokensFile { get; init; }

    /// <summary>Gets a value indicating whether everybody may load and unload models without a token.</summary>
    public bool OpenControl { get; init; }

    /// <summary>Gets the access to <c>/metrics</c>.</summary>
    public EndpointAccess Metrics { get; init; } = EndpointAccess.Open;

    /// <summary>Gets the access to gRPC reflection.</summary>
    public EndpointAccess Reflection { get; init; } = EndpointAccess.Open;

    /// <summary>Gets the limit on the calls of each client; null for none.</summary>
    public RateLimitOptions? RateLimit { get; init; }

    /// <summary>Gets the interval between polls of the files of tokens and certificates.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the time for which the tokens of a file that cannot be read anymore remain valid.</summary>
    public TimeSpan KeepTokens { get; init; } = TimeSpan.FromHours(1);

    public static SecurityOptions Read(SettingsReader reader)
    {
        var defaults = new SecurityOptions();
        var options = new SecurityOptions
        {
            Tls = ReadTls(reader),
            InferenceTokensFile = reader.Path(
                "Security:InferenceTokensFile", null, "Bearer tokens, one a line, that calls of models need", "a file"),
            ControlTokensFile = reader.Path(
                "Security:ControlTokensFile", null, "Bearer tokens that open loading and unloading of models", "a file"),
            OpenControl = reader.Flag("Security:OpenControl", false, "Anyone may load and unload models"),
            Metrics = reader.Choice("Security:Metrics", defaults.Metrics, "Who may read /metrics"),
            Reflection = reader.Choice("Security:Reflection", defaults.Reflection, "Who may use gRPC reflection"),
            RateLimit = ReadRateLimit(reader),
            ReloadInterval = reader.Duration("Security:ReloadInterval", defaults.ReloadInterval, TimeSpan.FromDays(1),
                "How often the files of tokens and certificates are looked at"),
            KeepTokens = reader.Duration("Security:KeepTokens", defaults.KeepTokens, TimeSpan.FromDays(30),
                "How long the tokens of a file that cannot be read anymore remain valid"),
        };
        foreach (var fault in SecurityFaults.Find(options))
            reader.Fault(fault);
        const string Tokens = "Security:InferenceTokensFile or Security:ControlTokensFile";
        var hasTokens = (options.InferenceTokensFile ?? options.ControlTokensFile) is not null;
        reader.Needs(hasTokens, Tokens, "Security:KeepTokens");
        reader.Needs(hasTokens || options.Tls is not null, $"{Tokens} or Security:Tls", "Security:ReloadInterval");
        reader.Needs(options.RateLimit is not null, "Security:RateLimit:CallsPerSecond", "Security:RateLimit:Burst");
        return options;
    }

    private static TlsOptions? ReadTls(SettingsReader reader)
    {
        var certificate = reader.Path(
            "Security:Tls:CertificateFile", null, "TLS on all TCP ports: the certificate and its intermediates", "a PEM file");
        var key = reader.Path(
            "Security:Tls:KeyFile", null, "Its private key; without this setting the key is in the certificate's file", "a PEM file");
        var authorities = reader.Path("Security:Tls:ClientAuthoritiesFile", null,
            "Authorities of client certificates; with them every client must show one (mTLS)", "a PEM file");
        return certificate is null && key is null && authorities is null
            ? null
            : new() { CertificateFile = certificate ?? "", KeyFile = key, ClientAuthoritiesFile = authorities };
    }

    private static RateLimitOptions? ReadRateLimit(SettingsReader reader)
    {
        var calls = reader.Integer("Security:RateLimit:CallsPerSecond", 0, 0, 1_000_000,
            "Calls a second of one client (token, certificate or address); 0: no limit");
        var burst = reader.Integer("Security:RateLimit:Burst", 100, 1, 1_000_000, "Calls that a client may make at once after a rest");
        return calls == 0 ? null : new() { CallsPerSecond = calls, Burst = burst };
    }
}
