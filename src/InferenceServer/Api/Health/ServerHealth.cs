using Grpc.Health.V1;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Models;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Health;

/// <summary>Decides on the health of the server and its models, for all health protocols.</summary>
internal sealed class ServerHealth
{
    private static readonly string[] Wholes = ["", Classifier.Descriptor.FullName, "inference.GRPCInferenceService"];
    private readonly ModelRepository repository;
    private readonly ServerLifecycle lifecycle;
    private readonly AccessTokens tokens;
    private volatile TaskCompletionSource change = NewChange();

    public ServerHealth(ModelRepository repository, ServerLifecycle lifecycle, AccessTokens tokens)
    {
        this.tokens = tokens;
        this.repository = repository;
        this.lifecycle = lifecycle;
        repository.Changed += Announce;
        tokens.Changed += Announce;
        lifecycle.WhenLoaded.ContinueWith(static (_, self) => ((ServerHealth)self!).Announce(), this, TaskScheduler.Default);
        lifecycle.Draining.UnsafeRegister(static self => ((ServerHealth)self!).Announce(), this);
    }

    /// <summary>Gets a task that completes at the next change.</summary>
    public Task NextChange => change.Task;

    /// <summary>Gets a value indicating whether the server accepts requests: its models are loaded, it serves one,
    /// somebody may call, and it is not stopping.</summary>
    public bool IsReady => WhyNotReady is null;

    /// <summary>Gets the reason why the server is not ready, without names; null if it is ready.</summary>
    public string? WhyNotReady =>
        !lifecycle.IsReady ? "the models are loading or the server is stopping"
        : repository.ServesNothing ? "no model is served"
        : tokens.NobodyMayCall ? "all tokens are revoked"
        : null;

    /// <summary>Gets the status of the server (an empty name) or of a model.</summary>
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
