namespace LeNetServe.Client;

/// <summary>The calls of <see cref="LeNetServeClient"/>, so that a program's tests can replace the client.</summary>
public interface ILeNetServeClient
{
    /// <inheritdoc cref="LeNetServeClient.ClassifyFileAsync"/>
    Task<Classification> ClassifyFileAsync(string path, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyAsync(Stream, ClassifyOptions?, CancellationToken)"/>
    Task<Classification> ClassifyAsync(Stream stream, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyAsync(ReadOnlyMemory{byte}, ClassifyOptions?, CancellationToken)"/>
    Task<Classification> ClassifyAsync(
        ReadOnlyMemory<byte> encoded, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyPixelsAsync"/>
    Task<Classification> ClassifyPixelsAsync(
        ReadOnlyMemory<byte> pixels, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyAsync(ImageSource, ClassifyOptions?, CancellationToken)"/>
    Task<Classification> ClassifyAsync(ImageSource image, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyBatchAsync"/>
    Task<IReadOnlyList<ImageOutcome>> ClassifyBatchAsync(
        IReadOnlyList<ImageSource> images, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ClassifyStreamAsync"/>
    IAsyncEnumerable<ImageOutcome> ClassifyStreamAsync(
        IAsyncEnumerable<ImageSource> images, ClassifyOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.ListModelsAsync"/>
    Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="LeNetServeClient.GetModelAsync"/>
    Task<ModelInfo> GetModelAsync(string name, long version = 0, CancellationToken cancellationToken = default);
}
