using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Closes the connections of a listener beyond a limit. Kestrel's own limit writes a line of the log for each of them.</summary>
internal static class ConnectionLimit
{
    /// <summary>Adds the limit. Call this before all others.</summary>
    public static void UseConnectionLimit(this ListenOptions listener, int most)
    {
        var faults = listener.ApplicationServices.GetRequiredService<ClientFaults>();
        var open = 0;
        listener.Use(next => async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref open) <= most)
                    await next(connection);
                else
                    await CloseAsync(connection);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });

        async Task CloseAsync(ConnectionContext connection)
        {
            var message = $"{connection.LocalEndPoint} has {most} connections, expected at most as many (Listen:MaxConnections)";
            faults.Note(RequestOutcome.Refused, "Connections", message);
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
        }
    }
}
