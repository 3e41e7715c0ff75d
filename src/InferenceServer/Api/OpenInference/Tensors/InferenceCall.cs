
namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>A request of either protocol, translated.</summary>
internal sealed record InferenceCall
{
    /// <summary>The model's name as the caller wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>The version as the caller wrote it; empty: the server picks.</summary>
    public string Version { get; init; } = "";

    /// <summary>The caller's own id; comes back with the answer.</summary>
    public string Id { get; init; } = "";

    /// <summary>The tensors.</summary>
    public required IReadOnlyList<RawTensor> Inputs { get; init; }

    /// <summary>The outputs asked for; empty: all there are.</summary>
    public IReadOnlyList<RequestedOutput> Outputs { get; init; } = [];

    /// <summary>REST only: outputs that do not say otherwise come as bytes.</summary>
    public bool BinaryByDefault { get; init; }

    /// <summary>REST only: the body is nothing but one tensor's data; shape and type are the model's.</summary>
    public bool RawBinary { get; init; }

    /// <summary>How long the request may wait, from its parameter <c>timeout</c> (microseconds there); null: no bound of its own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How Triton's messages begin.</summary>
    public string LogPrefix => $"[request id: {(Id.Length == 0 ? "<id_unknown>" : Id)}] ";
}
