using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>A request, read from gRPC or REST.</summary>
internal sealed record InferenceCall
{
    /// <summary>Gets the model's name in the request.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the version in the request; empty if the server selects it.</summary>
    public string Version { get; init; } = "";

    /// <summary>Gets the id, which the answer repeats.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the input tensors.</summary>
    public required IReadOnlyList<RawTensor> Inputs { get; init; }

    /// <summary>Gets the requested outputs; empty for all.</summary>
    public IReadOnlyList<RequestedOutput> Outputs { get; init; } = [];

    /// <summary>Gets a value indicating whether outputs are binary by default (REST only).</summary>
    public bool BinaryByDefault { get; init; }

    /// <summary>Gets a value indicating whether the body is one tensor's data, with the model's shape and type (REST only).</summary>
    public bool RawBinary { get; init; }

    /// <summary>Gets the time limit, from the parameter <c>timeout</c>; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets the beginning of Triton's messages.</summary>
    public string LogPrefix => $"[request id: {(Id.Length == 0 ? "<id_unknown>" : Excerpt.Of(Id))}] ";
}
