using System.Runtime.CompilerServices;
using Grpc.Core;

namespace LeNetServe.Client;

public sealed partial class LeNetServeClient
{
    /// <summary>
    /// Classifies a stream of images. The outcomes have the order of the images. At most <see cref="LeNetServeClientOptions.StreamWindow"/>
    /// images are unanswered at a time, and the source is not read faster. A stream as a whole has no deadline. It fails with
    /// <see cref="LeNetServeErrorKind.DeadlineExceeded"/> if images are unanswered and no answer arrives within the timeout.
    /// </summary>
    public async IAsyncEnumerable<ImageOutcome> ClassifyStreamAsync(
        IAsyncEnumerable<ImageSource> images,
        ClassifyOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var headers = await Headers(cancellationToken).ConfigureAwait(false);
        var timeout = options?.Timeout ?? this.options.Timeout;
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var window = new StreamWindow(this.options.StreamWindow, timeout, abort, time);
        using var call = classifier.ClassifyStream(new CallOptions(headers, cancellationToken: abort.Token));
        var sending = SendAll(call.RequestStream, images, options, window, abort.Token);
        try
        {
            while (await Next(call, window, sending, cancellationToken).ConfigureAwait(false) is { } outcome)
                yield return outcome;
            await sending.ConfigureAwait(false);
        }
        finally
        {
            await abort.CancelAsync().ConfigureAwait(false);
            // Only wait for the end: Next or the line above has already thrown the sender's exception.
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAll(
        IClientStreamWriter<V1.ClassifyStreamRequest> writer,
        IAsyncEnumerable<ImageSource> images,
        ClassifyOptions? options,
        StreamWindow window,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var image in images.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await window.Enter(cancellationToken).ConfigureAwait(false);
                var request = new V1.ClassifyStreamRequest { Id = image.Id, Request = Request(image, options) };
                await writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (RpcException)
        {
            // The call has ended. Reading the answers reports its status.
            return;
        }
        catch (Exception exception)
        {
            window.SourceFailure = exception;
            window.Abort();
            throw;
        }
        await writer.CompleteAsync().ConfigureAwait(false);
    }

    private async ValueTask<ImageOutcome?> Next(
        AsyncDuplexStreamingCall<V1.ClassifyStreamRequest, V1.ClassifyStreamResponse> call, StreamWindow window, Task sending,
        CancellationToken cancellationToken)
    {
        try
        {
            if (!await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
                return null;
            window.Leave();
            return Messages.Outcome(call.ResponseStream.Current);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (window.SourceFailure is not null)
                await sending.ConfigureAwait(false);
            if (window.TimedOut)
                throw new LeNetServeException(
                    LeNetServeErrorKind.DeadlineExceeded, $"no answer on the stream for {window.Timeout}", exception);
            throw exception is RpcException rpc
                ? LeNetServeException.From(rpc, options.Urls)
                : new LeNetServeException(LeNetServeErrorKind.Internal, exception.Message, exception);
        }
    }
}
