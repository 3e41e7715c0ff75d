using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// Limits the connections of a listener (<see cref="ConnectionPlaces"/>). Kestrel's own limit closes every new one, and writes a line of
/// the log for each of them.
/// </summary>
internal static class ConnectionLimit
{
    /// <summary>Adds the limit. Call this before all others.</summary>
    public static void UseConnectionLimit(this ListenOptions listener, int most)
    {
        var faults = listener.ApplicationServices.GetRequiredService<ClientFaults>();
        var time = listener.ApplicationServices.GetRequiredService<TimeProvider>();
        var places = new ConnectionPlaces(most, time);
        listener.Use(next => async connection =>
        {
            var hasPlace = places.TryEnter(connection, out var place, out var idle);
            try
            {
                if (idle is not null)
                {
                    var seconds = time.GetElapsedTime(idle.LastUse).TotalSeconds;
                    Note(connection, "IdleConnections", $": one of {idle.Holder.Name}, idle for {seconds:0} s, gives way to a new one");
                    _ = places.CloseAsync(idle);
                }
                connection.Features.Set(place);
                if (hasPlace)
                    await next(connection);
                else
                    await RejectAsync(connection);
            }
            finally
            {
                places.Leave(place);
            }
        });

        async Task RejectAsync(ConnectionContext connection)
        {
            Note(connection, "Connections", ", expected at most as many");
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
        }

        void Note(ConnectionContext connection, string kind, string what) => faults.Note(
            RequestOutcome.Refused, kind, $"{connection.LocalEndPoint} has {most} connections{what} (Listen:MaxConnections)");
    }

    /// <summary>Notes the requests of each connection. Call this before the endpoints.</summary>
    public static void UseConnectionPlaces(this WebApplication app) => app.Use(next => context =>
    {
        ConnectionPlace.NoteRequest(context);
        return next(context);
    });
}
