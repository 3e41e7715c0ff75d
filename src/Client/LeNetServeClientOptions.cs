using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace LeNetServe.Client;

/// <summary>Where the servers are and how calls are made.</summary>
public sealed class LeNetServeClientOptions
{
    /// <summary>
    /// Addresses such as <c>http://host:8001</c> or <c>https://host:8001</c>, all of one scheme; with several, calls take turns over those that answer.
    /// A single <c>dns:///host:8001</c> balances over all addresses that the name has (TLS with <see cref="UseTls"/>).
    /// </summary>
    public IList<string> Urls { get; } = [];

    /// <summary>Model for calls that name none; empty where the server has one model only.</summary>
    public string DefaultModel { get; set; } = "";

    /// <summary>Deadline of a call, retries included, and the longest silence of a stream that has answers to give. Never infinite.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries of one call, the first included, where the server is unavailable or full; 1 turns retries off. At most 5.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>Wait before the first retry; it doubles up to <see cref="MaxBackoff"/>, with jitter. A server's own wish (pushback) goes first.</summary>
    public TimeSpan InitialBackoff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait between two tries.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Hedging in place of retries for single images; null, the default, for none.</summary>
    public HedgingOptions? Hedging { get; set; }

    /// <summary>Images of a stream that may be unanswered at a time; the source is read no faster.</summary>
    public int StreamWindow { get; set; } = 64;

    /// <summary>Bearer token, sent with every call. Use https, or it travels in clear text.</summary>
    public string? Token { get; set; }

    /// <summary>Asked for the token before each call, for tokens that are renewed; goes before <see cref="Token"/>.</summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; set; }

    /// <summary>TLS for a <c>dns:///</c> address; other addresses say it by their scheme.</summary>
    public bool UseTls { get; set; }

    /// <summary>PEM file of the authorities that may sign the server's certificate; the system's where null.</summary>
    public string? CaCertificatePath { get; set; }

    /// <summary>The client's own certificate with its key, for servers that ask for one.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Last word on the handler: proxies, connection limits.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; set; }

    /// <summary>Last word on the channel: message sizes, logging.</summary>
    public Action<GrpcChannelOptions>? ConfigureChannel { get; set; }

    /// <summary>Every fault of the options, each with key, value and allowed range; empty where there is none.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Urls.Count == 0)
            yield return $"{nameof(Urls)} is empty, expected at least one address such as http://localhost:8001";
        foreach (var url in Urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "dns"))
                yield return $"{nameof(Urls)} has '{url}', expected http://host:port, https://host:port or dns:///host:port";
            else if (uri.Scheme == "dns" && Urls.Count > 1)
                yield return $"{nameof(Urls)} has '{url}' beside others, expected it alone";
            else if (uri.Scheme != "dns" && uri.AbsolutePath != "/")
                yield return $"{nameof(Urls)} has '{url}', expected no path behind the port";
        }
        if (Urls.Select(url => url.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
            yield return $"{nameof(Urls)} mixes schemes ({string.Join(", ", Urls)}), expected all http or all https";
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
            yield return $"{nameof(Timeout)} is {Timeout}, expected more than 0 and at most 1 day";
        if (MaxAttempts is < 1 or > 5)
            yield return $"{nameof(MaxAttempts)} is {MaxAttempts}, expected 1..5";
        if (InitialBackoff <= TimeSpan.Zero)
            yield return $"{nameof(InitialBackoff)} is {InitialBackoff}, expected more than 0";
        if (MaxBackoff < InitialBackoff)
            yield return $"{nameof(MaxBackoff)} is {MaxBackoff}, expected at least {nameof(InitialBackoff)}, {InitialBackoff}";
        if (Hedging is { MaxAttempts: < 2 or > 5 })
            yield return $"{nameof(Hedging)}.{nameof(HedgingOptions.MaxAttempts)} is {Hedging.MaxAttempts}, expected 2..5";
        if (Hedging is not null && Hedging.Delay < TimeSpan.Zero)
            yield return $"{nameof(Hedging)}.{nameof(HedgingOptions.Delay)} is {Hedging.Delay}, expected 0 or more";
        if (StreamWindow < 1)
            yield return $"{nameof(StreamWindow)} is {StreamWindow}, expected 1 or more";
        if (CaCertificatePath is not null && !File.Exists(CaCertificatePath))
            yield return $"{nameof(CaCertificatePath)} is '{CaCertificatePath}', expected an existing PEM file";
    }
}
