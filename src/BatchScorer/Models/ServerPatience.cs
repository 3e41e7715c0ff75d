using System.Security.Authentication;
using Grpc.Core;
using LeNetServe.Client;

namespace LeNetServe.BatchScorer.Models;

/// <summary>The client tries again for a moment; a job waits until a server is back, or has room.</summary>
/// <param name="longest">How long to wait.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerPatience(TimeSpan longest, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Makes a call until it succeeds, fails for good, or has failed for too long.</summary>
    /// <param name="call">The call.</param>
    /// <param name="urls">Whom it asks, for the message.</param>
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
                var cause = Cause(exception) is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal) ? $" ({inner.Message})" : "";
                throw new LeNetServeException(exception.Kind, $"{urls}: {exception.Message}{cause}", exception);
            }
        }
    }

    /// <summary>A certificate that nobody trusts looks like a server that is away, and no wait mends it.</summary>
    private static bool MayPass(LeNetServeException exception) => exception.IsTransient && Cause(exception) is not AuthenticationException;

    private static Exception? Cause(LeNetServeException exception) => (exception.InnerException as RpcException)?.Status.DebugException?.GetBaseException();
}
