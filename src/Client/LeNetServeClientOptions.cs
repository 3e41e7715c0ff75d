using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace LeNetServe.Client;

/// <summary>Options of a client: addresses, time limits, retries and credentials.</summary>
public sealed class LeNetServeClientOptions
{
    /// <summary>
    /// Gets the addresses, such as <c>http://host:8001</c> or <c>https://host:8001</c>, with one scheme for all. Calls are balanced over
    /// the addresses that answer. A single <c>dns:///host:8001</c> balances over all addresses of the name (TLS with <see cref="UseTls"/>).
    /// </summary>
    public IList<string> Urls { get; } = [];

    /// <summary>Gets or sets the model of calls without a model name. Empty selects the server's only model.</summary>
    public string DefaultModel { get; set; } = "";

    /// <summary>
    /// Gets or sets the deadline of a call including retries, and the longest wait for an answer of a stream. Never infinite.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the number of attempts, 1..5, if the server is unavailable or full. 1 turns retries off.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// Gets or sets the wait before the first retry. The wait doubles up to <see cref="MaxBackoff"/>, with jitter. A server's pushback has
    /// priority.
    /// </summary>
    public TimeSpan InitialBackoff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets the longest wait between two attempts.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets hedging, which replaces retries for single images. Null, the default, turns hedging off.</summary>
    public HedgingOptions? Hedging { get; set; }

    /// <summary>Gets or sets the largest number of unanswered images in a stream. The source is not read faster.</summary>
    public int StreamWindow { get; set; } = 64;

    /// <summary>Gets or sets the bearer token of every call. Without https the token is sent in clear text.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Gets or sets the function that provides the token of each call, for tokens that expire. Replaces <see cref="Token"/>.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; set; }

    /// <summary>Gets or sets a value indicating whether a <c>dns:///</c> address uses TLS. Other addresses have a scheme.</summary>
    public bool UseTls { get; set; }

    /// <summary>Gets or sets the PEM file of trusted authorities; null for those of the system.</summary>
    public string? CaCertificatePath { get; set; }

    /// <summary>Gets or sets the client's certificate with its key, for servers that require one.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Gets or sets an action that changes the handler, such as proxies and connection limits.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; set; }

    /// <summary>Gets or sets an action that changes the channel, such as message sizes and logging.</summary>
    public Action<GrpcChannelOptions>? ConfigureChannel { get; set; }

    /// <summary>Lists every fault of the options with key, value and allowed range.</summary>
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
