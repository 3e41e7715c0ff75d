using System.Security.Authentication;
using Grpc.Core;
using LeNetServe.Client;

namespace LeNetServe.BatchScorer.Models;

/// <summary>Repeats calls until a server is back or has room; the client itself tries again only for a moment.</summary>
/// <param name="longest">The longest wait.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerPatience(TimeSpan longest, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

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
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (LeNetServeException exception)
            {
                var cause = Cause(exception) is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
                    ? $" ({inner.Message})"
                    : "";
                throw new LeNetServeException(exception.Kind, $"{urls}: {exception.Message}{cause}", exception);
            }
        }
    }

    /// <summary>
    /// Tells whether a later call may succeed. An untrusted certificate looks like a server that is away, but stays untrusted.
    /// </summary>
    private static bool MayPass(LeNetServeException exception) => exception.IsTransient && Cause(exception) is not AuthenticationException;

    private static Exception? Cause(LeNetServeException exception) =>
        (exception.InnerException as RpcException)?.Status.DebugException?.GetBaseException();
}
