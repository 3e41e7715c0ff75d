using System.Runtime.CompilerServices;
using Grpc.Core;

namespace LeNetServe.Client;

public sealed partial class LeNetServeClient
{
    /// <summary>
    /// Classifies a stream of images; the outcomes come in the order of the images. The source is read as the answers come: at most
    /// <see cref="LeNetServeClientOptions.StreamWindow"/> images are unanswered at a time. A stream has no deadline as a whole; it fails with
    /// <see cref="LeNetServeErrorKind.DeadlineExceeded"/> where an answer that is due stays out for the timeout.
    /// </summary>
    public async IAsyncEnumerable<ImageOutcome> ClassifyStreamAsync(
        IAsyncEnumerable<ImageSource> images, ClassifyOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var headers = await Headers(cancellationToken).ConfigureAwait(false);
        var timeout = options?.Timeout ?? _options.Timeout;
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var window = new StreamWindow(_options.StreamWindow, timeout, abort, _time);
        using var call = _classifier.ClassifyStream(new CallOptions(headers, cancellationToken: abort.Token));
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
            // The sender's own failure was thrown by Next or the line above; here it only has to have ended.
            await sending.ContinueWith(
                static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private async Task SendAll(
        IClientStreamWriter<V1.ClassifyStreamRequest> writer, IAsyncEnumerable<ImageSource> images, ClassifyOptions? options, StreamWindow window,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var image in images.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await window.Enter(cancellationToken).ConfigureAwait(false);
                await writer.WriteAsync(new V1.ClassifyStreamRequest { Id = image.Id, Request = Request(image, options) }, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (RpcException)
        {
            // The call has ended; its status comes with the answers.
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

    private static async ValueTask<ImageOutcome?> Next(
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
                throw new LeNetServeException(LeNetServeErrorKind.DeadlineExceeded, $"no answer on the stream for {window.Timeout}", exception);
            throw exception is RpcException rpc ? LeNetServeException.From(rpc) : new LeNetServeException(LeNetServeErrorKind.Internal, exception.Message, exception);
        }
    }
}
