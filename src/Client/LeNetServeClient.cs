using Grpc.Core;
using Grpc.Net.Client;
using LeNetServe.Client.Channels;
using Microsoft.Extensions.Logging;

namespace LeNetServe.Client;

/// <summary>
/// Classifies images with one or several LeNetServe servers. Thread-safe: create one client and keep it. Every call has a deadline and is
/// retried if the server is unavailable or full.
/// </summary>
public sealed partial class LeNetServeClient : ILeNetServeClient, IDisposable
{
    private readonly LeNetServeClientOptions options;
    private readonly TimeProvider time;
    private readonly GrpcChannel channel;
    private readonly V1.Classifier.ClassifierClient classifier;

    /// <summary>Creates a client of the server at <paramref name="url"/>, such as <c>http://localhost:8001</c>.</summary>
    public LeNetServeClient(string url)
        : this(new LeNetServeClientOptions { Urls = { url } })
    {
    }

    /// <summary>Creates a client with options.</summary>
    /// <exception cref="ArgumentException">Options are invalid. The message names every fault.</exception>
    public LeNetServeClient(LeNetServeClientOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        this.options = options;
        this.time = time ?? TimeProvider.System;
        channel = ClassifierChannel.Open(options, loggers);
        classifier = new V1.Classifier.ClassifierClient(channel);
    }

    /// <summary>Classifies an image file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<Classification> ClassifyFileAsync(
        string path, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        var file = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return await ClassifyAsync(file, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads an image file's content from a stream to its end and classifies it. The stream stays open.</summary>
    public async Task<Classification> ClassifyAsync(
        Stream stream, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return await ClassifyAsync(content.GetBuffer().AsMemory(0, (int)content.Length), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Classifies the content of a PNG, JPEG, BMP, GIF, WebP or TIFF file.</summary>
    public Task<Classification> ClassifyAsync(
        ReadOnlyMemory<byte> encoded, ClassifyOptions? options = null, CancellationToken cancellationToken = default) =>
        ClassifyAsync(ImageSource.Encoded(encoded), options, cancellationToken);

    /// <summary>Classifies raw pixels of exactly the model's size: C×H×W bytes, 0..255, row-major.</summary>
    public Task<Classification> ClassifyPixelsAsync(
        ReadOnlyMemory<byte> pixels, ClassifyOptions? options = null, CancellationToken cancellationToken = default) =>
        ClassifyAsync(ImageSource.Pixels(pixels), options, cancellationToken);

    /// <summary>Classifies one image.</summary>
    public async Task<Classification> ClassifyAsync(
        ImageSource image, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = Request(image, options);
        var response = await Call(
            call => classifier.ClassifyAsync(request, call), options?.Timeout, cancellationToken).ConfigureAwait(false);
        return Messages.Classification(response);
    }

    /// <summary>
    /// Classifies many images in one message. The outcomes have the order of the images, each with an answer or an error. A server accepts
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
            Coverage = options.Coverage,
            Geometry = (V1.Geometry)options.Geometry,
        };
        foreach (var image in images)
            request.Images.Add(image.ToMessage());
        var response = await Call(
            call => classifier.ClassifyBatchAsync(request, call), options.Timeout, cancellationToken).ConfigureAwait(false);
        return response.Items.Count == images.Count
            ? Messages.Outcomes(response, images)
            : throw new LeNetServeException(
                LeNetServeErrorKind.Internal, $"the server sent {response.Items.Count} answers for {images.Count} images");
    }

    /// <summary>Lists every version of every served model.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var request = new V1.ListModelsRequest();
        var response = await Call(call => classifier.ListModelsAsync(request, call), null, cancellationToken).ConfigureAwait(false);
        return [.. response.Models.Select(Messages.Model)];
    }

    /// <summary>Gets one model. <paramref name="version"/> 0 selects the newest served version.</summary>
    public async Task<ModelInfo> GetModelAsync(string name, long version = 0, CancellationToken cancellationToken = default)
    {
        var request = new V1.GetModelRequest { Name = name, Version = version };
        var response = await Call(call => classifier.GetModelAsync(request, call), null, cancellationToken).ConfigureAwait(false);
        return Messages.Model(response);
    }

    /// <summary>Closes the connections. Calls in progress fail as <see cref="LeNetServeErrorKind.Unavailable"/>.</summary>
    public void Dispose() => channel.Dispose();

    private V1.ClassifyRequest Request(ImageSource image, ClassifyOptions? options)
    {
        options ??= new ClassifyOptions();
        return new V1.ClassifyRequest
        {
            Model = ModelOf(options),
            Version = options.Version,
            Image = image.ToMessage(),
            TopK = options.TopK,
            Coverage = options.Coverage,
            Geometry = (V1.Geometry)options.Geometry,
        };
    }

    private string ModelOf(ClassifyOptions call) => call.Model.Length > 0 ? call.Model : options.DefaultModel;

    private async Task<TResponse> Call<TResponse>(
        Func<CallOptions, AsyncUnaryCall<TResponse>> start, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var headers = await Headers(cancellationToken).ConfigureAwait(false);
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + (timeout ?? options.Timeout);
        try
        {
            return await start(new CallOptions(headers, deadline, cancellationToken)).ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw LeNetServeException.From(exception, options.Urls);
        }
    }

    private async ValueTask<Metadata?> Headers(CancellationToken cancellationToken)
    {
        var token = options.TokenProvider is { } provider ? await provider(cancellationToken).ConfigureAwait(false) : options.Token;
        return token is null ? null : new Metadata { { "authorization", $"Bearer {token}" } };
    }
}
