using System.Collections.Concurrent;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Keeps the last answers of a stopping server. Kestrel ends a connection when it has no more calls, and a call counts as ended before its
/// trailers are written (Http2FrameWriter). So some calls of each connection go on for a moment after their answer.
/// </summary>
internal static class LastAnswers
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    // One that goes on is enough for its connection. Kestrel would reject calls if many went on.
    private const int MostOfConnection = 16;

    /// <summary>Adds the delay. It concerns calls that begin after readiness is off. Call this before all others.</summary>
    public static void UseLastAnswers(this WebApplication app)
    {
        var lifecycle = app.Services.GetRequiredService<ServerLifecycle>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var held = new ConcurrentDictionary<string, int>();
        app.Use(next => context => lifecycle.Draining.IsCancellationRequested ? AnswerAsync(context, next) : next(context));

        async Task AnswerAsync(HttpContext context, RequestDelegate next)
        {
            // A client of HTTP/1.1 must not send its next request on a connection that is about to end.
            if (HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.Headers.Connection = "close";
            await next(context);
            var connection = context.Connection.Id;
            if (held.AddOrUpdate(connection, 1, static (_, count) => count + 1) <= MostOfConnection)
            {
                await context.Response.CompleteAsync();
                await Task.Delay(Moment, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            held.AddOrUpdate(connection, 0, static (_, count) => count - 1);
        }
    }
}
