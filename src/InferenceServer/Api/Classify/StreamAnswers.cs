using System.Threading.Channels;
using Grpc.Core;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>
/// A stream's answers, written in the order of its requests. An answer that is there, with none before it outstanding, is written by the one who reads the
/// requests; others wait here, a bounded number of them, and are written as they come.
/// </summary>
internal sealed class StreamAnswers<T>(IServerStreamWriter<T> stream, int parallelism)
{
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint);
    private readonly Channel<Task<T>> outstanding = Channel.CreateBounded<Task<T>>(new BoundedChannelOptions(parallelism) { SingleReader = true, SingleWriter = true });
    private int count;

    /// <summary>Adds the next answer; waits while too many are outstanding. One caller at a time.</summary>
    /// <param name="answer">The answer, there or to come.</param>
    /// <param name="isFollowed">Another that is there follows at once, and both may travel together.</param>
    /// <param name="gone">Gives up.</param>
    public Task AddAsync(Task<T> answer, bool isFollowed, CancellationToken gone)
    {
        if (answer.IsCompletedSuccessfully && Volatile.Read(ref count) == 0)
            return WriteAsync(answer.Result, isFollowed);
        Interlocked.Increment(ref count);
        return outstanding.Writer.WriteAsync(answer, gone).AsTask();
    }

    /// <summary>No more are taken; those outstanding are still written.</summary>
    public void Complete(Exception? error = null) => outstanding.Writer.TryComplete(error);

    /// <summary>Writes what is outstanding until <see cref="Complete"/>.</summary>
    public async Task WriteOutstandingAsync(CancellationToken gone)
    {
        while (await outstanding.Reader.WaitToReadAsync(gone))
            while (outstanding.Reader.TryRead(out var answer))
            {
                var value = await answer;
                await WriteAsync(value, outstanding.Reader.TryPeek(out var following) && following.IsCompletedSuccessfully);
                Interlocked.Decrement(ref count);
            }
    }

    private Task WriteAsync(T answer, bool isFollowed)
    {
        stream.WriteOptions = isFollowed ? MoreFollows : null;
        return stream.WriteAsync(answer);
    }
}
