using Microsoft.AspNetCore.Connections;

namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// The place of a connection at its listener, and the use of it. A feature of the connection. A call costs two counts and a look at the
/// clock: no lock, and no memory.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="holder">The address of the client.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionPlace(ConnectionContext connection, PlaceHolder holder, TimeProvider time)
{
    private int calls;
    private int streams;
    private long lastUse = time.GetTimestamp();

    /// <summary>Gets the connection.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>Gets the address of the client.</summary>
    public PlaceHolder Holder => holder;

    /// <summary>Gets or sets whether the connection was asked to close. Its listener alone writes this.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Gets whether a call is in progress, other than a stream that waits for its client.</summary>
    public bool IsInUse => Volatile.Read(ref calls) > 0;

    /// <summary>Gets whether the connection has an open stream of gRPC.</summary>
    public bool HasStreams => Volatile.Read(ref streams) > 0;

    /// <summary>Gets the time stamp of the last use.</summary>
    public long LastUse => Volatile.Read(ref lastUse);

    /// <summary>Notes a request until its end, if its connection has a place.</summary>
    public static void NoteRequest(HttpContext context)
    {
        if (context.Features.Get<ConnectionPlace>() is not { } place)
            return;
        place.BeginCall();
        // Kestrel reuses the list of these callbacks for later requests.
        context.Response.OnCompleted(static place => End((ConnectionPlace)place), place);

        static Task End(ConnectionPlace place)
        {
            place.EndCall();
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Notes that the request is a stream until its end: it is not in use while it waits for its client. Returns null if the connection has
    /// no place.
    /// </summary>
    public static ConnectionPlace? NoteStream(HttpContext context)
    {
        if (context.Features.Get<ConnectionPlace>() is not { } place)
            return null;
        Interlocked.Increment(ref place.streams);
        place.EndCall();
        context.Response.OnCompleted(static place => End((ConnectionPlace)place), place);
        return place;

        static Task End(ConnectionPlace place)
        {
            place.BeginCall();
            Interlocked.Decrement(ref place.streams);
            return Task.CompletedTask;
        }
    }

    /// <summary>Notes the begin of a call, or that a message of a stream waits for its answer.</summary>
    public void BeginCall() => Interlocked.Increment(ref calls);

    /// <summary>Notes the end of a call, or that no message of a stream waits for its answer.</summary>
    public void EndCall()
    {
        Touch();
        Interlocked.Decrement(ref calls);
    }

    /// <summary>Notes a use, such as a message of a stream.</summary>
    public void Touch() => Volatile.Write(ref lastUse, time.GetTimestamp());
}
