using System.Diagnostics;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Metrics;
using LeNetServe.InferenceServer.Pipeline;
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
    /// <exception cref="InferenceException">It cannot be served; the message says why.</exception>
    public ServedVersion Load(string name, VersionFolder folder)
    {
        var pipeline = options.Pipeline;
        var model = ClassifierModel.Open(folder.Path, new() { Device = options.Device, IntraOpThreads = pipeline.IntraOpThreads });
        try
        {
            if (model.CheckGolden() is { Passed: false } failed)
                throw new InferenceException(InferenceErrorKind.InvalidModel, $"{model.Path} does not give its golden answers: {failed}");
            var gather = pipeline.Batching == Batching.On || (pipeline.Batching == Batching.Auto && model.Device == Device.Cuda);
            var sizes = gather ? GatheredRuns.Sizes(Math.Min(pipeline.MaxBatch, model.MaxRunBatch)) : [1];
            var shortest = sizes.Select(size => WarmUp(model, size)).ToArray()[0];
            var figures = metrics.For(name, folder.Version);
            return new(name, folder.Version, model, figures, gather ? new(model, figures, sizes, pipeline, time) : null, (int)(Quick / shortest), options.Limits.MaxImagePixels);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs a batch a few times; returns the shortest, as a thread may be interrupted in any of them.</summary>
    private static TimeSpan WarmUp(ClassifierModel model, int batch)
    {
        var (pixels, outputs, shortest) = (new byte[batch * model.Facts.Input.Count], new float[batch * model.Facts.Classes], TimeSpan.MaxValue);
        for (var run = 0; run < WarmUpRuns; run++)
        {
            var started = Stopwatch.GetTimestamp();
            model.Run(pixels, outputs);
            var elapsed = Stopwatch.GetElapsedTime(started);
            shortest = elapsed < shortest ? elapsed : shortest;
        }
        return shortest;
    }
}
