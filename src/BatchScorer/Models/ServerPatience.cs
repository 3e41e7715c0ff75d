using System.Security.Authentication;
using Grpc.Core;
using LeNetServe.Client;

namespace LeNetServe.BatchScorer.Models;

/// <summary>Repeats calls until a server is back or has room; the client itself tries again only for a moment.</summary>
/// <param name="longest">The longest wait.</param>
/// <param name="time">The clock.</param>
/// <param name="warnings">Gets a line at the first wait.</param>
internal sealed class ServerPatience(TimeSpan longest, TimeProvider time, TextWriter warnings)
{
    /// <summary>HTTP/2's error code of a server that speaks HTTP/1.1 only (RFC 9113, section 7).</summary>
    private const long Http11Required = 0xd;

    private const string NoHttp2 = "no HTTP/2 on this port: expected https:// if the server speaks TLS, and the gRPC port, 8001 by default";

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private bool hasWarned;

    /// <summary>Makes a call until it succeeds, fails for good, or has failed for too long.</summary>
    /// <param name="call">The call.</param>
    /// <param name="urls">The servers' addresses, for the message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LeNetServeException">The last failure, with the addresses in its message.</exception>
    public async Task<T> TryAsync<T>(Func<Task<T>> call, string urls, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(200);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (LeNetServeException exception) when (MayPass(exception) && time.GetElapsedTime(started) < longest)
            {
                if (!Interlocked.Exchange(ref hasWarned, true))
                    await warnings.WriteLineAsync(
                        $"waiting up to {longest.TotalSeconds:0} s (--server-wait): {urls}: {Hint(exception) ?? Text(exception)}");
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (LeNetServeException exception)
            {
                throw new LeNetServeException(exception.Kind, $"{urls}: {Hint(exception) ?? Text(exception)}", exception);
            }
        }
    }

    private static string Text(LeNetServeException exception)
    {
        var cause = Causes(exception).LastOrDefault();
        return cause is null || exception.Message.Contains(cause.Message, StringComparison.Ordinal)
            ? exception.Message
            : $"{exception.Message} ({cause.Message})";
    }

    /// <summary>Gets a wrong port or scheme in words; null for other failures.</summary>
    private static string? Hint(LeNetServeException exception) => Causes(exception).Select(cause => cause switch
    {
        HttpProtocolException { ErrorCode: Http11Required } =>
            "this port speaks HTTP/1.1, expected the server's gRPC port, 8001 by default",
        AuthenticationException when cause.Message.Contains("frame", StringComparison.Ordinal) =>
            "the server does not speak TLS on this port, expected http://",
        HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded } => NoHttp2,
        HttpRequestException when cause.Message.Contains("HTTP/2 handshake", StringComparison.Ordinal) => NoHttp2,
        _ => null,
    }).FirstOrDefault(hint => hint is not null);

    /// <summary>
    /// Tells whether a later call may succeed. An untrusted certificate and a wrong port look like a server that is away, but stay wrong.
    /// </summary>
    private static bool MayPass(LeNetServeException exception) => exception.IsTransient
        && !Causes(exception).Any(cause => cause is AuthenticationException or HttpProtocolException { ErrorCode: Http11Required });

    private static IEnumerable<Exception> Causes(LeNetServeException exception)
    {
        for (var cause = (exception.InnerException as RpcException)?.Status.DebugException; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
