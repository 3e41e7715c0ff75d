using LeNetServe.Client;

namespace LeNetServe.BatchScorer.Models;

/// <summary>Repeats calls until a server is back or has room; the client itself tries again only for a moment.</summary>
/// <param name="longest">The longest wait.</param>
/// <param name="time">The clock.</param>
/// <param name="warnings">Gets a line at the first wait.</param>
internal sealed class ServerPatience(TimeSpan longest, TimeProvider time, TextWriter warnings)
{
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
            catch (LeNetServeException exception) when (exception.IsTransient && time.GetElapsedTime(started) < longest)
            {
                if (!Interlocked.Exchange(ref hasWarned, true))
                    await warnings.WriteLineAsync(
                        $"waiting up to {longest.TotalSeconds:0} s (--server-wait): {urls}: {exception.Message}");
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (LeNetServeException exception)
            {
                throw new LeNetServeException(exception.Kind, $"{urls}: {exception.Message}", exception);
            }
        }
    }
}
