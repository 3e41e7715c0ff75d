using Grpc.Core;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Stands before every endpoint: lets a call pass, or turns it away with the reason and counts it.</summary>
internal sealed class Gatekeeper : IDisposable
{
    private readonly RequestDelegate next;
    private readonly SecurityOptions options;
    private readonly BearerTokens? inference, control;
    private readonly ClientRate? rate;
    private readonly SecurityLog log;
    private readonly ServerMetrics metrics;

    public Gatekeeper(RequestDelegate next, SecurityOptions options, TimeProvider time, SecurityLog log, ServerMetrics metrics, IHostApplicationLifetime lifetime)
    {
        (this.next, this.options, this.log, this.metrics) = (next, options, log, metrics);
        BearerTokens? Tokens(string? path) =>
            path is null ? null : new(new([path], () => TokenFile.Read(path), this.options.ReloadInterval, time, log));
        inference = Tokens(this.options.InferenceTokensFile);
        control = Tokens(this.options.ControlTokensFile);
        rate = this.options.RateLimit is { } limit ? new(limit) : null;
        lifetime.ApplicationStopped.Register(Dispose);
        if (this.options.OpenControl)
            log.ControlIsOpen();
    }

    public Task InvokeAsync(HttpContext context)
    {
        var door = Doors.Of(context);
        if (door == Door.Health)
            return next(context);
        var client = "";
        if (Refusal(context, door, ref client) is not { } refusal)
            return rate is null ? next(context) : Count(context, client);
        metrics.Unresolved.Record(RequestOutcome.Denied, 0, default);
        log.TurnedAway(context.Request.Path, client, refusal.Message);
        return refusal.WriteAsync(context);
    }

    public void Dispose()
    {
        inference?.Dispose();
        control?.Dispose();
        rate?.Dispose();
    }

    private Refusal? Refusal(HttpContext context, Door door, ref string client) => door switch
    {
        Door.Control when control is not null => WithoutToken(context, control, "loading and unloading of models", ref client),
        Door.Control when !options.OpenControl => new(StatusCodes.Status403Forbidden, StatusCode.PermissionDenied,
            "loading and unloading of models is closed; Security:ControlTokensFile (tokens that open it) or Security:OpenControl=true opens it"),
        Door.Metrics when options.Metrics == EndpointAccess.Closed => new(StatusCodes.Status404NotFound, StatusCode.Unimplemented, "metrics are closed (Security:Metrics)"),
        Door.Reflection when options.Reflection == EndpointAccess.Closed => new(StatusCodes.Status404NotFound, StatusCode.Unimplemented, "reflection is closed (Security:Reflection)"),
        Door.Metrics when options.Metrics == EndpointAccess.Open => null,
        Door.Reflection when options.Reflection == EndpointAccess.Open => null,
        _ => inference is null ? null : WithoutToken(context, inference, "this call", ref client),
    };

    private static Refusal? WithoutToken(HttpContext context, BearerTokens tokens, string what, ref string client)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 1 && tokens.Allows(authorization[0], out client))
            return null;
        return new(StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated,
            authorization.Count == 0 ? $"{what} needs a bearer token, found no Authorization header" : $"the bearer token is not one that {what} needs");
    }

    private Task Count(HttpContext context, string client)
    {
        if (client.Length == 0)
            client = context.Connection.ClientCertificate?.Thumbprint ?? ClientRate.NameOf(context.Connection.RemoteIpAddress);
        if (!rate!.TryTake(client, out var retryAfter))
        {
            metrics.Unresolved.Record(RequestOutcome.Refused, 0, default);
            log.TurnedAway(context.Request.Path, client, "over its rate");
            return new Refusal(StatusCodes.Status429TooManyRequests, StatusCode.ResourceExhausted,
                $"more than {options.RateLimit!.CallsPerSecond} calls a second (bursts of {options.RateLimit.Burst}) from one client", retryAfter).WriteAsync(context);
        }
        context.Features.Set(new RatedClient(client, rate));
        return next(context);
    }
}
