using System.Net;
using LeNetServe.InferenceServer.Access;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The places of a listener. If all are taken, the connection that has been idle the longest gives way to a new one, as in nginx. The
/// address with the most idle connections gives way first, and never to an address that has more of them: a stranger has one address and
/// many connections. A connection with a call in progress stays.
/// </summary>
internal sealed class ConnectionPlaces(int most, TimeProvider time)
{
    // Connections that were asked to close still have their descriptors (Descriptors.Reserved).
    private const int MostLeaving = 16;

    // Streams of an address are safe if it has at most this part of the places.
    private const int StreamShare = 4;

    // A look at all places is expensive, and strangers decide how many connections come.
    private const int MostFound = 64;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time after its last call in which a connection is not idle: Kestrel still writes trailers (<see cref="LastAnswers"/>). A
    /// connection that was asked to close has as long.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<ConnectionPlace> places = [];
    private readonly Dictionary<string, PlaceHolder> holders = new(StringComparer.Ordinal);
    private List<ConnectionPlace> found = [];
    private long nextLook = long.MinValue;
    private int leaving;
    private int replaced;

    /// <summary>Takes a place for a connection, until <see cref="Leave"/>.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="place">The place.</param>
    /// <param name="idle">The place that gives way to it, if the listener was full.</param>
    /// <returns>False if the listener is full and no connection gives way.</returns>
    public bool TryEnter(ConnectionContext connection, out ConnectionPlace place, out ConnectionPlace? idle)
    {
        var name = ClientRate.NameOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        lock (gate)
        {
            if (!holders.TryGetValue(name, out var holder))
                holders[name] = holder = new(name);
            holder.Connections++;
            holder.Idle++;
            place = new(connection, holder, time);
            places.Add(place);
            idle = null;
            if (places.Count - leaving <= most)
                return true;
            if (leaving == MostLeaving || LongestIdle(holder) is not { } longest)
                return false;
            longest.IsLeaving = true;
            longest.Holder.Idle--;
            leaving++;
            idle = longest;
            return true;
        }
    }

    /// <summary>Frees a place.</summary>
    public void Leave(ConnectionPlace place)
    {
        lock (gate)
        {
            places.Remove(place);
            found.Remove(place);
            if (place.IsLeaving)
                leaving--;
            else
                place.Holder.Idle--;
            if (--place.Holder.Connections == 0)
                holders.Remove(place.Holder.Name);
        }
    }

    /// <summary>
    /// Closes a connection that gives way. HTTP/2 says GOAWAY, and a call that has begun just now gets its answer. A client that leaves its
    /// side open, or is in the middle of TLS, is cut off a little later. A connection with streams is cut off at once, because they would
    /// go on.
    /// </summary>
    public async Task CloseAsync(ConnectionPlace idle)
    {
        var connection = idle.Connection;
        if (!idle.HasStreams)
        {
            connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
            await Task.Delay(Patience, time, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        lock (gate)
        {
            if (!places.Contains(idle))
                return;
            if (idle.IsInUse || time.GetElapsedTime(idle.LastUse) < Patience)
            {
                idle.IsLeaving = false;
                leaving--;
                return;
            }
        }
        connection.Abort(new ConnectionAbortedException("the connection gave way to a new one"));
    }

    private ConnectionPlace? LongestIdle(PlaceHolder newcomer)
    {
        var now = time.GetTimestamp();
        var latest = now - Ticks(Patience);
        if (now >= nextLook)
        {
            nextLook = now + Ticks(LookInterval);
            Look(latest);
        }
        var longest = found.Where(place => IsIdle(place, latest) && place.Holder.Idle >= newcomer.Idle
            && (!place.HasStreams || place.Holder != newcomer)).MinBy(Order);
        // An address that comes again and again, in place of itself, leaves half of what is possible to others.
        var isOwn = longest?.Holder == newcomer;
        return isOwn && (leaving >= MostLeaving / 2 || ++replaced > MostFound / 2) ? null : longest;
    }

    private void Look(long latest)
    {
        replaced = 0;
        foreach (var holder in holders.Values)
            holder.Idle = 0;
        foreach (var place in places)
            place.Holder.Idle += place.IsInUse || place.IsLeaving ? 0 : 1;
        found = [.. places.Where(place => IsIdle(place, latest)).OrderBy(Order).Take(MostFound)];
    }

    private bool IsIdle(ConnectionPlace place, long latest) =>
        !place.IsLeaving && !place.IsInUse && place.LastUse <= latest
        && (!place.HasStreams || place.Holder.Idle > most / StreamShare);

    private static (int, bool, long) Order(ConnectionPlace place) => (-place.Holder.Idle, place.HasStreams, place.LastUse);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
