using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Closes connections whose first bytes do not arrive in time, so that idle strangers do not hold the places of a listener. Kestrel itself
/// waits 130 seconds for a first byte, and as long for the rest of HTTP/2's preface.
/// </summary>
internal static class PromptStart
{
    /// <summary>
    /// The shortest start of a connection: "GET / HTTP/1.1" and two line ends. HTTP/2's preface and TLS's hello are longer.
    /// </summary>
    private const int LeastBytes = 18;

    /// <summary>Adds the check. Costs a connection one wait, and a call nothing.</summary>
    public static void UsePromptStart(this ListenOptions listener, TimeSpan timeout) => listener.Use(next => async connection =>
    {
        if (await StartsAsync(connection, timeout))
            await next(connection);
    });

    private static async Task<bool> StartsAsync(ConnectionContext connection, TimeSpan timeout)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        late.CancelAfter(timeout);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(late.Token);
                var isEnough = read.Buffer.Length >= LeastBytes;
                input.AdvanceTo(read.Buffer.Start, isEnough ? read.Buffer.Start : read.Buffer.End);
                if (isEnough || read.IsCompleted || read.IsCanceled)
                    return isEnough;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            connection.Abort(new ConnectionAbortedException("the first bytes did not arrive in time"));
            return false;
        }
    }
}
