using Grpc.Health.V1;
using LeNetServe.InferenceServer.Models;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>One truth for every health protocol.</summary>
internal sealed class ServerHealth
{
    private static readonly string[] Wholes = ["", Classifier.Descriptor.FullName, "inference.GRPCInferenceService"];
    private readonly ModelRepository repository;
    private readonly ServerLifecycle lifecycle;
    private volatile TaskCompletionSource change = NewChange();

    public ServerHealth(ModelRepository repository, ServerLifecycle lifecycle)
    {
        (this.repository, this.lifecycle) = (repository, lifecycle);
        repository.Changed += Announce;
        lifecycle.WhenLoaded.ContinueWith(static (_, self) => ((ServerHealth)self!).Announce(), this, TaskScheduler.Default);
        lifecycle.Draining.UnsafeRegister(static self => ((ServerHealth)self!).Announce(), this);
    }

    /// <summary>Completes at the next change of anything.</summary>
    public Task NextChange => change.Task;

    /// <summary>The server takes requests: its models are loaded, and it does not stop.</summary>
    public bool IsReady => lifecycle.IsReady;

    /// <summary>What can be asked for by name.</summary>
    public IEnumerable<string> Services => Wholes.Concat(repository.Current.Index.Select(report => report.Model).Distinct());

    /// <summary>The status of the whole (an empty name) or of a model.</summary>
    public HealthCheckResponse.Types.ServingStatus StatusOf(string service)
    {
        if (Wholes.Contains(service))
            return Serving(IsReady);
        var slash = service.LastIndexOf('/');
        var (name, version) = slash < 0 ? (service, "") : (service[..slash], service[(slash + 1)..]);
        if (name.Length > 0 && repository.IsReady(name, version))
            return Serving(!lifecycle.Draining.IsCancellationRequested);
        return repository.Current.Index.Any(report => report.Model == name && (version == "" || $"{report.Version}" == version))
            ? HealthCheckResponse.Types.ServingStatus.NotServing
            : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
    }

    private void Announce() => Interlocked.Exchange(ref change, NewChange()).SetResult();

    private static HealthCheckResponse.Types.ServingStatus Serving(bool serving) =>
        serving ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
