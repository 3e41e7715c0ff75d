using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Inference;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Models;

/// <summary>Opens a version, proves it on its golden tensors and warms it, so that the first request is as fast as the next.</summary>
internal sealed class VersionLoader(ServerOptions options, ServerMetrics metrics, TimeProvider time)
{
    private const int WarmUpRuns = 5;

    /// <summary>What takes no longer runs where its call was read: a few times the cost of giving it to another thread and back.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(500);

    /// <summary>Loads one version.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="folder">The version's files.</param>
    /// <param name="isUrgent">Nobody is served meanwhile; else what computes steps back behind the requests.</param>
    /// <exception cref="InferenceException">It cannot be served; the message says why.</exception>
    public ServedVersion Load(string name, VersionFolder folder, bool isUrgent)
    {
        var pipeline = options.Pipeline;
        // The session's own threads would inherit the niceness for as long as they live.
        var (model, sizes, gather, shortest) = isUrgent || pipeline.IntraOpThreads > 1 ? Open(folder) : LoadingThreads.StepBack(() => Open(folder));
        try
        {
            var figures = metrics.For(name, folder.Version);
            return new(name, folder.Version, model, figures, gather ? new(model, figures, sizes, pipeline, time) : null, (int)Math.Min(Quick / shortest, options.Limits.MaxBatch), pipeline.Batching, options.Limits.MaxImagePixels);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private (ClassifierModel Model, IReadOnlyList<int> Sizes, bool Gather, TimeSpan Shortest) Open(VersionFolder folder)
    {
        var pipeline = options.Pipeline;
        var model = ClassifierModel.Open(folder.Path, new() { Device = options.Device, IntraOpThreads = pipeline.IntraOpThreads });
        try
        {
            if (model.CheckGolden() is { Passed: false } failed)
                throw new InferenceException(InferenceErrorKind.InvalidModel, $"{model.Path} does not give its golden answers: {failed}");
            var gather = pipeline.Batching == Batching.On || (pipeline.Batching != Batching.Off && model.Device == Device.Cuda);
            IReadOnlyList<int> sizes = gather ? GatheredRuns.Sizes(Math.Min(pipeline.MaxBatch, model.MaxRunBatch)) : [1];
            return (model, sizes, gather, sizes.Select(size => WarmUp(model, size)).ToArray()[0]);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs a batch a few times; returns the shortest, as a thread may be interrupted in any of them.</summary>
    private TimeSpan WarmUp(ClassifierModel model, int batch)
    {
        var (pixels, outputs, shortest) = (new byte[batch * model.Facts.Input.Count], new float[batch * model.Facts.Classes], TimeSpan.MaxValue);
        for (var run = 0; run < WarmUpRuns; run++)
        {
            var started = time.GetTimestamp();
            model.Run(pixels, outputs);
            var elapsed = time.GetElapsedTime(started);
            shortest = elapsed < shortest ? elapsed : shortest;
        }
        return shortest;
    }
}
