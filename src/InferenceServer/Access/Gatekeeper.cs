using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// Checks every request before its endpoint: tokens and the rate limit. Rejected requests are counted, and logged a few times.
/// </summary>
internal sealed class Gatekeeper : IDisposable
{
    // A guess more is answered a second later, as long as only so many answers wait.
    private const int MostDelayed = 256;
    private static readonly RateLimitOptions Guesses = new() { CallsPerSecond = 1, Burst = 10 };
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly RequestDelegate next;
    private readonly SecurityOptions options;
    private readonly AccessTokens tokens;
    private readonly ClientRate? rate;
    private readonly ClientRate guesses = new(Guesses);
    private readonly ClientFaults faults;
    private readonly TimeProvider time;
    private int delayed;

    public Gatekeeper(
        RequestDelegate next,
        SecurityOptions options,
        AccessTokens tokens,
        TimeProvider time,
        SecurityLog log,
        ClientFaults faults,
        IHostApplicationLifetime lifetime)
    {
        this.next = next;
        this.options = options;
        this.tokens = tokens;
        this.time = time;
        this.faults = faults;
        rate = options.RateLimit is { } limit ? new(limit) : null;
        lifetime.ApplicationStopped.Register(Dispose);
        if (options.OpenControl)
            log.ControlIsOpen();
    }

    public Task InvokeAsync(HttpContext context)
    {
        // Requests without an endpoint need what a model needs, so that they tell strangers nothing.
        var rule = context.Rule() ?? AccessRule.Inference;
        if (rule == AccessRule.Open)
            return next(context);
        var client = "";
        var rejection = Check(context, rule, ref client);
        if (rejection is null && rate is not null)
        {
            if (client.Length == 0)
                client = context.Connection.ClientCertificate?.Thumbprint ?? AddressOf(context);
            if (rate.TryTake(client, out var retryAfter))
                context.Features.Set(new RatedClient(client, rate));
            else
                rejection = RatedClient.TooFast(options.RateLimit!, retryAfter);
        }
        if (rejection is null)
            return next(context);
        var isOverRate = rejection.Kind == InferenceErrorKind.Overloaded;
        var from = client.Length == 0 ? AddressOf(context) : client;
        faults.Note(isOverRate ? RequestOutcome.Refused : RequestOutcome.Denied, $"{rejection.Kind}",
            $"{Excerpt.Of(context.Request.Path)} from {from}: {rejection.Message}");
        return rejection.Kind == InferenceErrorKind.Unauthenticated && !guesses.TryTake(AddressOf(context), out _)
            ? DelayAsync(context, rejection)
            : ErrorResponse.WriteAsync(context, rejection);
    }

    public void Dispose()
    {
        rate?.Dispose();
        guesses.Dispose();
    }

    private static string AddressOf(HttpContext context) => ClientRate.NameOf(context.Connection.RemoteIpAddress);

    /// <summary>Slows down an address that guesses tokens. A sound token of the same address is never delayed.</summary>
    private async Task DelayAsync(HttpContext context, InferenceException rejection)
    {
        try
        {
            if (Interlocked.Increment(ref delayed) <= MostDelayed)
                await Task.Delay(Delay, time, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            Interlocked.Decrement(ref delayed);
        }
        await ErrorResponse.WriteAsync(context, rejection);
    }

    private InferenceException? Check(HttpContext context, AccessRule rule, ref string client) => rule switch
    {
        AccessRule.Control when tokens.Control is { } control =>
            CheckToken(context, control, "loading and unloading of models", ref client),
        AccessRule.Control when !options.OpenControl => new(
            InferenceErrorKind.Forbidden,
            "loading and unloading of models is closed; Security:ControlTokensFile or Security:OpenControl=true opens it"),
        AccessRule.Metrics when options.Metrics == EndpointAccess.Closed => Closed(context, "metrics are closed (Security:Metrics)"),
        AccessRule.Reflection when options.Reflection == EndpointAccess.Closed =>
            Closed(context, "reflection is closed (Security:Reflection)"),
        AccessRule.Metrics when options.Metrics == EndpointAccess.Open => null,
        AccessRule.Reflection when options.Reflection == EndpointAccess.Open => null,
        _ => tokens.Inference is { } inference ? CheckToken(context, inference, "this call", ref client) : null,
    };

    // A closed endpoint looks like one that does not exist.
    private static InferenceException Closed(HttpContext context, string message) =>
        new(context.Request.IsGrpc() ? InferenceErrorKind.Unsupported : InferenceErrorKind.NotFound, message);

    private static InferenceException? CheckToken(HttpContext context, BearerTokens tokens, string what, ref string client)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 1 && tokens.Allows(authorization[0], out client))
            return null;
        return new(
            InferenceErrorKind.Unauthenticated,
            authorization.Count == 0
                ? $"{what} needs a bearer token, found no Authorization header"
                : $"the bearer token is not one that {what} needs");
    }
}
