using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.Client.Channels;
using Microsoft.Extensions.Logging;

namespace LeNetServe.Client;

/// <summary>
/// Classifies images with a LeNetServe server, or several. Thread-safe: create one and keep it. Every call has a deadline; calls are tried again
/// where the server is unavailable or full.
/// </summary>
public sealed partial class LeNetServeClient : IDisposable
{
    private readonly LeNetServeClientOptions _options;
    private readonly TimeProvider _time;
    private readonly GrpcChannel _channel;
    private readonly V1.Classifier.ClassifierClient _classifier;

    /// <summary>A client of the server at <paramref name="url"/>, such as <c>http://localhost:8001</c>.</summary>
    public LeNetServeClient(string url)
        : this(new LeNetServeClientOptions { Urls = { url } })
    {
    }

    /// <summary>A client with options; throws <see cref="ArgumentException"/> that names every fault of them.</summary>
    public LeNetServeClient(LeNetServeClientOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        _options = options;
        _time = time ?? TimeProvider.System;
        _channel = ClassifierChannel.Open(options, loggers);
        _classifier = new V1.Classifier.ClassifierClient(_channel);
    }

    /// <summary>Classifies an image file. I/O exceptions where it cannot be read.</summary>
    public async Task<Classification> ClassifyFileAsync(string path, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        var file = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return await ClassifyAsync(file, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Classifies an image file's content, read from a stream to its end. The stream stays open.</summary>
    public async Task<Classification> ClassifyAsync(Stream stream, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return await ClassifyAsync(content.GetBuffer().AsMemory(0, (int)content.Length), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Classifies an image file's content: PNG, JPEG, BMP, GIF or WebP.</summary>
    public Task<Classification> ClassifyAsync(ReadOnlyMemory<byte> encoded, ClassifyOptions? options = null, CancellationToken cancellationToken = default) =>
        ClassifyAsync(ImageSource.Encoded(encoded), options, cancellationToken);

    /// <summary>Classifies raw pixels of exactly the model's size: C×H×W bytes, 0..255, row-major.</summary>
    public Task<Classification> ClassifyPixelsAsync(
        ReadOnlyMemory<byte> pixels, ClassifyOptions? options = null, CancellationToken cancellationToken = default) =>
        ClassifyAsync(ImageSource.Pixels(pixels), options, cancellationToken);

    /// <summary>Classifies one image.</summary>
    public async Task<Classification> ClassifyAsync(ImageSource image, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = Request(image, options);
        var response = await Call(
            call => _classifier.ClassifyAsync(request, call), options?.Timeout, cancellationToken).ConfigureAwait(false);
        return Messages.Classification(response);
    }

    /// <summary>
    /// Classifies many images in one message; the outcomes are in the order of the images, each an answer or its own error. A server takes
    /// messages up to its limit, 4 MB by default.
    /// </summary>
    public async Task<IReadOnlyList<ImageOutcome>> ClassifyBatchAsync(
        IReadOnlyList<ImageSource> images, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new ClassifyOptions();
        var request = new V1.ClassifyBatchRequest
        {
            Model = ModelOf(options),
            Version = options.Version,
            TopK = options.TopK,
            Geometry = (V1.Geometry)options.Geometry,
        };
        foreach (var image in images)
            request.Images.Add(image.ToMessage());
        var response = await Call(
            call => _classifier.ClassifyBatchAsync(request, call), options.Timeout, cancellationToken).ConfigureAwait(false);
        if (response.Items.Count != images.Count)
            throw new LeNetServeException(LeNetServeErrorKind.Internal, $"the server gave {response.Items.Count} answers for {images.Count} images");
        return Messages.Outcomes(response, images);
    }

    /// <summary>The served models, every version.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var response = await Call(
            call => _classifier.ListModelsAsync(new V1.ListModelsRequest(), call), null, cancellationToken).ConfigureAwait(false);
        return [.. response.Models.Select(Messages.Model)];
    }

    /// <summary>One model; <paramref name="version"/> 0 for the newest served.</summary>
    public async Task<ModelInfo> GetModelAsync(string name, long version = 0, CancellationToken cancellationToken = default)
    {
        var request = new V1.GetModelRequest { Name = name, Version = version };
        var response = await Call(call => _classifier.GetModelAsync(request, call), null, cancellationToken).ConfigureAwait(false);
        return Messages.Model(response);
    }

    /// <summary>Closes the connections; calls under way end as <see cref="LeNetServeErrorKind.Unavailable"/>.</summary>
    public void Dispose() => _channel.Dispose();

    private V1.ClassifyRequest Request(ImageSource image, ClassifyOptions? options)
    {
        options ??= new ClassifyOptions();
        return new V1.ClassifyRequest
        {
            Model = ModelOf(options),
            Version = options.Version,
            Image = image.ToMessage(),
            TopK = options.TopK,
            Geometry = (V1.Geometry)options.Geometry,
        };
    }

    private string ModelOf(ClassifyOptions options) => options.Model.Length > 0 ? options.Model : _options.DefaultModel;

    private async Task<TResponse> Call<TResponse>(
        Func<CallOptions, AsyncUnaryCall<TResponse>> start, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var headers = await Headers(cancellationToken).ConfigureAwait(false);
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + (timeout ?? _options.Timeout);
        try
        {
            return await start(new CallOptions(headers, deadline, cancellationToken)).ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw LeNetServeException.From(exception);
        }
    }

    private async ValueTask<Metadata?> Headers(CancellationToken cancellationToken)
    {
        var token = _options.TokenProvider is { } provider ? await provider(cancellationToken).ConfigureAwait(false) : _options.Token;
        return token is null ? null : new Metadata { { "authorization", $"Bearer {token}" } };
    }
}
