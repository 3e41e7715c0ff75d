using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Models;

/// <summary>Opens a version, checks its golden tensors and warms it, so that the first request is as fast as the next.</summary>
internal sealed class VersionLoader(LoadingOptions options, ServerMetrics metrics, ImageLog log, TimeProvider time)
{
    private const int WarmUpRuns = 5;

    /// <summary>The longest run on the thread that read its call: a few times the cost of another thread and the way back.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(500);

    /// <summary>Loads one version.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="folder">The version's files.</param>
    /// <exception cref="InferenceException">The version cannot be served; the message says why.</exception>
    public ServedVersion Load(string name, VersionFolder folder)
    {
        var model = ClassifierModel.Open(folder.Path, new() { Device = options.Device, IntraOpThreads = options.IntraOpThreads });
        try
        {
            if (model.CheckGolden() is { Passed: false } failed)
                throw new InferenceException(InferenceErrorKind.InvalidModel, $"{model.Path} does not give its golden answers: {failed}");
            var shortest = WarmUp(model, 1);
            if (model.Device == Device.Cuda)
                foreach (var size in BatchSizes.UpTo(Math.Min(options.MaxDeviceBatch, model.MaxRunBatch)))
                    WarmUp(model, size);
            var quickImages = (int)Math.Min(Quick / shortest, int.MaxValue);
            return new(name, folder.Version, model, metrics.For(name, folder.Version), quickImages, options.MaxImagePixels)
            {
                ImageLog = log.IsOn && model.Facts.Input.Channels is 1 or 3 ? log : null,
            };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs a batch a few times. Returns the shortest time, because a thread may be interrupted in any run.</summary>
    private TimeSpan WarmUp(ClassifierModel model, int batch)
    {
        var pixels = new byte[batch * model.Facts.Input.Count];
        var outputs = new float[batch * model.Facts.Classes];
        var shortest = TimeSpan.MaxValue;
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
