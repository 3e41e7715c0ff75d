using System.Text.Json;
using LeNetServe.Client;
using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Runtime.Explaining;
using LeNetServe.Specs;
using Geometry = LeNetServe.Imaging.Geometry;
using Prediction = LeNetServe.Runtime.Predictions.Prediction;

namespace LeNetServe.BatchScorer.Models;

/// <summary>
/// A model in one server or several. Pictures are decoded here and sent as raw pixels, so the rows equal those of a model in process.
/// The version is fixed at the start, and all servers must have the same file of it.
/// </summary>
internal sealed class ServerClassifier : IBatchClassifier
{
    /// <summary>The most pixels in a message: a payload on .NET's large object heap costs more.</summary>
    private const int MessageBytes = 80_000;

    private readonly LeNetServeClient client;
    private readonly ClassifyOptions request;
    private readonly ServerPatience patience;
    private readonly string urls;

    private ServerClassifier(LeNetServeClient client, string urls, ScoringModel model, ServerPatience patience)
    {
        this.client = client;
        this.urls = urls;
        this.patience = patience;
        Model = model;
        request = new ClassifyOptions { Model = model.Name, Version = model.Version };
    }

    public ScoringModel Model { get; }

    public int DefaultParallelism => Math.Max(8, Environment.ProcessorCount);

    /// <summary>Asks every server for the model.</summary>
    /// <param name="options">The servers.</param>
    /// <param name="model">A path, <c>NAME</c> or <c>NAME/VERSION</c>; null if the servers have one model.</param>
    /// <param name="geometry">Imaging in place of the model's.</param>
    /// <param name="patience">Repeats calls while servers are away or full.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<ServerClassifier> OpenAsync(
        LeNetServeClientOptions options, string? model, Geometry? geometry, ServerPatience patience, CancellationToken cancellationToken)
    {
        // Refuse wrong options before waiting for any server.
        using (new LeNetServeClient(options))
        {
        }
        var (name, version, sha256) = Wanted(model);
        ModelInfo? found = null;
        foreach (var url in options.Urls)
        {
            using var one = new LeNetServeClient(One(options, url));
            var info = await patience.TryAsync(
                () => name is null
                    ? OnlyModelAsync(one, url, cancellationToken)
                    : one.GetModelAsync(name, version, cancellationToken), url, cancellationToken);
            if (found is not null && (info.Name, info.Version, info.Sha256) != (found.Name, found.Version, found.Sha256))
                throw new InvalidDataException(
                    $"{url} serves {Text(info)}, {options.Urls[0]} serves {Text(found)}; expected one model on all servers");
            found = info;
            name = info.Name;
            version = info.Version;
        }
        if (sha256 is not null && sha256 != found!.Sha256)
            throw new InvalidDataException(
                $"{model} has SHA-256 {sha256}, the servers' {found.Name}/{found.Version} has {found.Sha256}; expected the same file");
        var manifest = ManifestOf(found!);
        var imaging = ImagingOf(found!, manifest);
        return new ServerClassifier(
            new LeNetServeClient(options),
            string.Join(", ", options.Urls),
            new ScoringModel
            {
                Name = found!.Name,
                Version = found.Version,
                Sha256 = found.Sha256,
                Labels = found.Labels,
                Imaging = geometry is { } chosen ? imaging with { Geometry = chosen } : imaging,
                NoveltyThreshold = manifest?.Certainty?.Novelty?.Threshold,
            },
            patience);
    }

    public async ValueTask ClassifyAsync(
        ReadOnlyMemory<byte> pixels,
        int count,
        int topK,
        Memory<Prediction> scores,
        Memory<float> novelties,
        CancellationToken cancellationToken)
    {
        var imageBytes = pixels.Length / count;
        var most = Math.Max(1, MessageBytes / imageBytes);
        for (var first = 0; first < count; first += most)
        {
            var images = new ImageSource[Math.Min(most, count - first)];
            for (var i = 0; i < images.Length; i++)
                images[i] = ImageSource.Pixels(pixels.Slice((first + i) * imageBytes, imageBytes));
            var outcomes = await patience.TryAsync(
                () => client.ClassifyBatchAsync(images, request with { TopK = topK }, cancellationToken), urls, cancellationToken);
            for (var i = 0; i < images.Length; i++)
            {
                var best = scores.Span.Slice((first + i) * topK, topK);
                // Pixels of the right size are sound, so the model gave no answer.
                if (outcomes[i].Error is { Kind: LeNetServeErrorKind.InvalidInput })
                {
                    best.Fill(IBatchClassifier.NotFinite);
                    continue;
                }
                var answer = outcomes[i].OrThrow();
                Take(answer, best);
                if (novelties.Length > 0)
                    novelties.Span[first + i] = answer.Novelty ?? float.NaN;
            }
        }
    }

    public Attribution? Attribute(byte[] pixels, int target) => null;

    public void Dispose() => client.Dispose();

    private void Take(Classification answer, Span<Prediction> scores)
    {
        if (answer.Predictions.Count != scores.Length || answer.Version != Model.Version)
            throw new InvalidDataException(
                $"a server gave {answer.Predictions.Count} classes of version {answer.Version}, expected {scores.Length} of version "
                + $"{Model.Version}");
        for (var rank = 0; rank < scores.Length; rank++)
            scores[rank] = new Prediction(answer.Predictions[rank].Index, answer.Predictions[rank].Probability);
    }

    /// <summary>Reads a model's name, version and hash from a path that exists; any other text is a name in the servers.</summary>
    private static (string? Name, long Version, string? Sha256) Wanted(string? model)
    {
        if (model is null)
            return (null, 0, null);
        if (Path.Exists(model))
        {
            using var local = new InProcessClassifier(model, null);
            return (local.Model.Name, local.Model.Version, local.Model.Sha256);
        }
        var parts = model.Split('/');
        if (parts.Length == 1)
            return (model, 0, null);
        return parts.Length == 2 && long.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out var version)
            ? (parts[0], version, null)
            : throw ExpectedException.Usage($"--model is '{model}', expected an existing path, NAME or NAME/VERSION");
    }

    private static async Task<ModelInfo> OnlyModelAsync(LeNetServeClient client, string url, CancellationToken cancellationToken)
    {
        var models = await client.ListModelsAsync(cancellationToken);
        var names = models.Select(info => info.Name).Distinct().ToList();
        return names.Count == 1
            ? await client.GetModelAsync(names[0], 0, cancellationToken)
            : throw ExpectedException.Usage($"{url} serves {names.Count} models ({string.Join(", ", names)}), expected --model NAME");
    }

    private static ModelManifest? ManifestOf(ModelInfo info) => info.Manifest.Length == 0
        ? null
        : JsonSerializer.Deserialize(info.Manifest, LeNetJson.Default.ModelManifest);

    private static ImagingSpec ImagingOf(ModelInfo info, ModelManifest? manifest)
    {
        if (manifest is not null)
            return manifest.Imaging;
        return new ImagingSpec
        {
            Input = new TensorShape(info.Channels, info.Height, info.Width),
            ContentSize = Math.Min(info.Height, info.Width),
            Geometry = info.Geometry switch
            {
                Client.Geometry.Digit => Geometry.Digit,
                Client.Geometry.None => Geometry.None,
                _ => Geometry.Fit,
            },
        };
    }

    private static LeNetServeClientOptions One(LeNetServeClientOptions options, string url) => new()
    {
        Urls = { url },
        Timeout = options.Timeout,
        Token = options.Token,
        CaCertificatePath = options.CaCertificatePath,
        UseTls = options.UseTls,
    };

    private static string Text(ModelInfo info) => $"{info.Name}/{info.Version} (SHA-256 {info.Sha256})";
}
