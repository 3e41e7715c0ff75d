using Inference;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api.Health;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Describes the server and its models, for gRPC and REST.</summary>
internal sealed class ModelCatalog(
    ModelRepository repository,
    CallRunner runner,
    RepositoryOptions models,
    PipelineOptions pipeline,
    LimitOptions limits,
    SecurityOptions security,
    ServerHealth health)
{
    private const string RepositoryName = "repository_name";

    /// <summary>Gets a value indicating whether the server accepts requests.</summary>
    public bool IsReady => health.IsReady;

    /// <summary>Describes the server and the extensions that its configuration offers.</summary>
    public ServerMetadataResponse Server()
    {
        var response = new ServerMetadataResponse
        {
            Name = "lenetserve",
            Version = ProductVersion.Text,
            Extensions = { "classification", "binary_tensor_data", "model_configuration", "parameters", "statistics" },
        };
        if (repository.Mode == RepositoryMode.Explicit && (security.OpenControl || security.ControlTokensFile is not null))
            response.Extensions.Add("model_repository");
        return response;
    }

    /// <summary>Checks whether a version, or a model if the version is empty, is ready.</summary>
    public bool IsModelReady(string model, string version) => repository.IsReady(model, version);

    /// <summary>Describes the inputs and outputs of a model.</summary>
    public ModelMetadataResponse Metadata(string model, string version)
    {
        using var lease = runner.Lease(model, version);
        var served = lease.Version;
        var versions = version.Length > 0 ? [served] : repository.Current.Models.GetValueOrDefault(served.Name)?.Versions ?? [served];
        return ModelDescription.Metadata(served.Name, versions.Select(each => CallRunner.Text(each.Version)), served.Facts);
    }

    /// <summary>Gets the configuration of a model.</summary>
    public ModelConfig Config(string model, string version)
    {
        using var lease = runner.Lease(model, version);
        var served = lease.Version;
        var isCuda = served.Model.Device == Device.Cuda;
        var config = ModelDescription.Config(
            served.Name, served.Facts, limits.MaxBatch, pipeline.Concurrency, isCuda);
        config.VersionPolicy = Policy(models.PolicyOf(served.Name));
        return config;
    }

    /// <summary>Gets the statistics of a version, of all versions of a model, or of all models.</summary>
    public ModelStatisticsResponse Statistics(string model, string version)
    {
        if (model.Length == 0)
            return new() { ModelStats = { repository.Current.Versions.Select(ModelFigures.Of) } };
        using var lease = runner.Lease(model, version);
        var versions = version.Length > 0
            ? [lease.Version]
            : repository.Current.Models.GetValueOrDefault(lease.Version.Name)?.Versions ?? [lease.Version];
        return new() { ModelStats = { versions.Select(ModelFigures.Of) } };
    }

    /// <summary>Lists every known version.</summary>
    public RepositoryIndexResponse Index(string repositoryName, bool readyOnly)
    {
        RequireNoName(repositoryName);
        var reports = repository.Current.Index.Where(report => !readyOnly || report.State == VersionState.Ready);
        return new()
        {
            Models =
            {
                reports.Select(report => new RepositoryIndexResponse.Types.ModelIndex
                {
                    Name = report.Model,
                    Version = report.Version == 0 ? "" : CallRunner.Text(report.Version),
                    State = report.State.ToString().ToUpperInvariant(),
                    Reason = report.Reason,
                }),
            },
        };
    }

    /// <summary>Loads a model, or the changed versions of a loaded model.</summary>
    public Task LoadAsync(string repositoryName, string model, IEnumerable<string> parameters, CancellationToken cancellationToken)
    {
        RequireNoName(repositoryName);
        foreach (var parameter in parameters)
            throw parameter is "config" || parameter.StartsWith("file:", StringComparison.Ordinal)
                ? new InferenceException(InferenceErrorKind.Unsupported,
                    $"load parameter '{parameter}' is not supported: models are loaded as they stand in the repository")
                : OpenInferenceErrors.Invalid($"unrecognized load parameter '{parameter}'.");
        return repository.LoadAsync(model, cancellationToken);
    }

    /// <summary>
    /// Unloads a model. New requests no longer find the model; requests in progress end with it. The parameter for dependents has no
    /// effect, because models have no dependents.
    /// </summary>
    public Task UnloadAsync(string repositoryName, string model, CancellationToken cancellationToken)
    {
        RequireNoName(repositoryName);
        return repository.UnloadAsync(model, cancellationToken);
    }

    private static void RequireNoName(string repositoryName)
    {
        if (repositoryName.Length > 0)
            throw new InferenceException(InferenceErrorKind.Unsupported, $"'{RepositoryName}' specification is not supported");
    }

    private static ModelVersionPolicy Policy(VersionPolicy policy) => policy switch
    {
        { Latest: { } count } => new() { Latest = new() { NumVersions = (uint)count } },
        { Listed: { } listed } => new() { Specific = new() { Versions = { listed.Order() } } },
        _ => new() { All = new() },
    };
}
