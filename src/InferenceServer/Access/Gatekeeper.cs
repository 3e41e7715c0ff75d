using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Checks every request before its endpoint: tokens and the rate limit. Rejected requests are counted.</summary>
internal sealed class Gatekeeper : IDisposable
{
    private readonly RequestDelegate next;
    private readonly SecurityOptions options;
    private readonly BearerTokens? inference;
    private readonly BearerTokens? control;
    private readonly ClientRate? rate;
    private readonly SecurityLog log;
    private readonly ServerMetrics metrics;

    public Gatekeeper(
        RequestDelegate next,
        SecurityOptions options,
        TimeProvider time,
        SecurityLog log,
        ServerMetrics metrics,
        IHostApplicationLifetime lifetime)
    {
        this.next = next;
        this.options = options;
        this.log = log;
        this.metrics = metrics;
        inference = Tokens(options.InferenceTokensFile);
        control = Tokens(options.ControlTokensFile);
        rate = options.RateLimit is { } limit ? new(limit) : null;
        lifetime.ApplicationStopped.Register(Dispose);
        if (options.OpenControl)
            log.ControlIsOpen();

        BearerTokens? Tokens(string? path)
        {
            if (path is null)
                return null;
            // At start an empty file is a fault; later it revokes all tokens.
            var isReload = false;
            return new(new([path], Read, options.ReloadInterval, time, log));

            byte[][] Read()
            {
                var tokens = TokenFile.Read(path, allowsNone: isReload);
                isReload = true;
                if (tokens.Length == 0)
                    log.TokensRevoked(path);
                return tokens;
            }
        }
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
                client = context.Connection.ClientCertificate?.Thumbprint ?? ClientRate.NameOf(context.Connection.RemoteIpAddress);
            if (rate.TryTake(client, out var retryAfter))
                context.Features.Set(new RatedClient(client, rate));
            else
                rejection = RatedClient.TooFast(options.RateLimit!, retryAfter);
        }
        if (rejection is null)
            return next(context);
        var isOverRate = rejection.Kind == InferenceErrorKind.Overloaded;
        metrics.Unresolved.Record(isOverRate ? RequestOutcome.Refused : RequestOutcome.Denied, 0, default);
        log.Rejected(Excerpt.Of(context.Request.Path), client, rejection.Message);
        return ErrorResponse.WriteAsync(context, rejection);
    }

    public void Dispose()
    {
        inference?.Dispose();
        control?.Dispose();
        rate?.Dispose();
    }

    private InferenceException? Check(HttpContext context, AccessRule rule, ref string client) => rule switch
    {
        AccessRule.Control when control is not null => CheckToken(context, control, "loading and unloading of models", ref client),
        AccessRule.Control when !options.OpenControl => new(
            InferenceErrorKind.Forbidden,
            "loading and unloading of models is closed; Security:ControlTokensFile or Security:OpenControl=true opens it"),
        AccessRule.Metrics when options.Metrics == EndpointAccess.Closed => Closed(context, "metrics are closed (Security:Metrics)"),
        AccessRule.Reflection when options.Reflection == EndpointAccess.Closed =>
            Closed(context, "reflection is closed (Security:Reflection)"),
        AccessRule.Metrics when options.Metrics == EndpointAccess.Open => null,
        AccessRule.Reflection when options.Reflection == EndpointAccess.Open => null,
        _ => inference is null ? null : CheckToken(context, inference, "this call", ref client),
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
