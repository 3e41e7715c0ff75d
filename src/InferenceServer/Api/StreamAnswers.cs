using System.Threading.Channels;
using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api;

/// <summary>
/// Writes a stream's answers in the order of its requests. The reader of the requests writes an answer that is complete, if no earlier
/// answer is outstanding. Other answers wait in a bounded queue.
/// </summary>
internal sealed class StreamAnswers<T>(IServerStreamWriter<T> stream, int parallelism, ConnectionPlace? place = null)
{
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint);

    private readonly Channel<Task<T>> outstanding =
        Channel.CreateBounded<Task<T>>(new BoundedChannelOptions(parallelism) { SingleReader = true, SingleWriter = true });

    private int count;

    /// <summary>Adds the next answer. Waits while too many answers are outstanding. Only one caller at a time.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="isFollowed">True if another complete answer follows at once, so that one packet can have both.</param>
    /// <param name="gone">Cancels the wait.</param>
    public Task AddAsync(Task<T> answer, bool isFollowed, CancellationToken gone)
    {
        if (answer.IsCompletedSuccessfully && Volatile.Read(ref count) == 0)
            return WriteAsync(answer.Result, isFollowed);
        if (Interlocked.Increment(ref count) == 1)
            place?.BeginCall();
        return outstanding.Writer.WriteAsync(answer, gone).AsTask();
    }

    /// <summary>Runs the reader of the requests, and writes outstanding answers until the reader ends.</summary>
    /// <param name="read">Reads requests and adds answers, until the client ends the stream or the token is canceled.</param>
    /// <param name="gone">Canceled when the client disconnects.</param>
    /// <param name="ending">Canceled when the server stops: it reads no more requests, and answers those that it has read.</param>
    /// <exception cref="RpcException">The server stops before the client has ended the stream.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> read, CancellationToken gone, CancellationToken ending)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, ending);
        var reading = ReadAsync(read, end.Token);
        try
        {
            await WriteOutstandingAsync(gone);
        }
        finally
        {
            await end.CancelAsync();
            // A reader that goes on for a moment counts from below zero.
            if (Interlocked.Exchange(ref count, int.MinValue) > 0)
                place?.EndCall();
        }
        if (await reading)
            return;
        const string message = "the server is stopping; send again the requests without an answer";
        throw new InferenceException(InferenceErrorKind.Unavailable, message).ToRpcException();
    }

    private async Task<bool> ReadAsync(Func<CancellationToken, Task> read, CancellationToken end)
    {
        try
        {
            await read(end);
            outstanding.Writer.TryComplete();
            return true;
        }
        catch (Exception exception)
        {
            outstanding.Writer.TryComplete(exception is OperationCanceledException or IOException ? null : exception);
            return false;
        }
    }

    private async Task WriteOutstandingAsync(CancellationToken gone)
    {
        while (await outstanding.Reader.WaitToReadAsync(gone))
            while (outstanding.Reader.TryRead(out var answer))
            {
                var value = await answer;
                await WriteAsync(value, outstanding.Reader.TryPeek(out var following) && following.IsCompletedSuccessfully);
                if (Interlocked.Decrement(ref count) == 0)
                    place?.EndCall();
            }
    }

    private Task WriteAsync(T answer, bool isFollowed)
    {
        stream.WriteOptions = isFollowed ? MoreFollows : null;
        return stream.WriteAsync(answer);
    }
}
