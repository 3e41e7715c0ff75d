using System.Buffers;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>The run of one image: its lease, the memory of its outputs, and the reply that they become.</summary>
internal readonly struct ImageRun(ClassifyRequest request, ModelLease lease, Action<RequestPhases>? timing) : IDisposable
{
    private readonly float[] outputs = ArrayPool<float>.Shared.Rent(lease.Version.Facts.RowLength);

    /// <summary>Gets the version that runs the image.</summary>
    public ServedVersion Version => lease.Version;

    /// <summary>Gets the memory of the outputs.</summary>
    public Memory<float> Outputs => outputs.AsMemory(0, Version.Facts.RowLength);

    /// <summary>Creates the reply of a run that has ended.</summary>
    public ClassifyResponse Reply(RequestPhases phases)
    {
        timing?.Invoke(phases);
        return Predictions.Reply(Version, Outputs.Span, request.TopK, Predictions.ThresholdOf(Version, request.Coverage));
    }

    /// <summary>Waits for a run, creates its reply, and releases the memory.</summary>
    public async Task<ClassifyResponse> ReplyAsync(ValueTask<RequestPhases> run)
    {
        using (this)
            return Reply(await run);
    }

    public void Dispose()
    {
        lease.Dispose();
        ArrayPool<float>.Shared.Return(outputs);
    }
}
