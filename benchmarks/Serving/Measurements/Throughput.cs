namespace LeNetServe.Serving.Measurements;

/// <summary>
/// Calls a second with 32 callers: the server against its parts, streams and pictures against single calls, and the bytes that a call
/// allocates.
/// </summary>
internal sealed class Throughput : IMeasurement
{
    public async Task MeasureAsync(Rig rig, Report report)
    {
        var (pixels, png) = (rig.Request(LoadKind.Pixels), rig.Request(LoadKind.Png));
        var (inference, decoding) = await ServerProcess.AloneAsync(rig.ServerDll, rig.Model, rig.Seconds);
        var (echoed, echoBytes, echoTime) = await UsingAsync(
            rig.Echo, () => rig.ToEcho.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds));
        var (bare, _, bareTime) = await UsingAsync(
            rig.Bare, () => rig.ToBare.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds));
        var (unary, unaryBytes, unaryTime) = await UsingAsync(
            rig.Server, () => rig.ToServer.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds));
        var (single, singleBytes, singleTime) = await UsingAsync(
            rig.Single, () => rig.ToSingle.ClosedAsync(LoadKind.Pixels, pixels, Rig.Callers, rig.Seconds));
        var stream = await rig.ToServer.ClosedAsync(LoadKind.Stream, pixels, Rig.Callers, rig.Seconds);
        var echoedPictures = await rig.ToEcho.ClosedAsync(LoadKind.Png, png, Rig.Callers, rig.Seconds);
        var pictures = await rig.ToServer.ClosedAsync(LoadKind.Png, png, Rig.Callers, rig.Seconds);
        report.Add("echo, calls/s", echoed.PerSecond);
        report.Add("ONNX Runtime alone, images/s", inference);
        report.Add("decoding a PNG alone, images/s", decoding);
        report.Add("nothing but the model in the handler, calls/s", bare.PerSecond);
        report.Add("Classify, calls/s", unary.PerSecond);
        report.Add("Classify with MaxBatch=1, calls/s", single.PerSecond);
        var parts = 1 / ((1 / echoed.PerSecond) + (1 / inference));
        report.Add("processor time of an echo's call, µs", echoTime);
        report.Add("processor time of a call with nothing but the model, µs", bareTime);
        report.Add("processor time of a Classify call, µs", unaryTime);
        report.Add("processor time of a Classify call with MaxBatch=1, µs", singleTime);
        report.Add("nothing but the model / (1 / (1/echo + 1/ORT))", bare.PerSecond / parts);
        report.AtLeast("Classify / (1 / (1/echo + 1/ORT))", unary.PerSecond / parts, 0.95);
        report.Add("Classify with MaxBatch=1 / (1 / (1/echo + 1/ORT))", single.PerSecond / parts);
        report.AtLeast("stream / Classify", stream.PerSecond / unary.PerSecond, 1.5);
        var pictureParts = 1 / ((1 / echoedPictures.PerSecond) + (1 / decoding) + (1 / inference));
        report.AtLeast("PNG / (1 / (1/echo + 1/decoding + 1/ORT))", pictures.PerSecond / pictureParts, 0.9);
        report.Add("echo allocates, bytes/call", echoBytes);
        report.Add("Classify allocates, bytes/call", unaryBytes);
        report.Add("its reply, bytes", ReplyBytes(rig.Facts.Classes));
        var replyBytes = ReplyBytes(rig.Facts.Classes);
        report.Add("Classify allocates beyond the echo and its reply, bytes/call", unaryBytes - echoBytes - replyBytes);
        report.AtMost(
            "Classify with MaxBatch=1 allocates beyond the echo and its reply, bytes/call", singleBytes - echoBytes - replyBytes, 0);
        LoadResult[] loads = [echoed, bare, unary, single, stream, echoedPictures, pictures];
        report.Never("failed calls", loads.Sum(load => load.Failed));
    }

    /// <summary>Gets the bytes of a reply's objects: message, task, list, array and a prediction for each class.</summary>
    private static double ReplyBytes(int classes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reply = new V1.ClassifyResponse { Model = "m", Version = 1 };
        reply.Predictions.Capacity = classes;
        for (var index = 0; index < classes; index++)
            reply.Predictions.Add(new V1.Prediction { Index = index, Label = "l", Probability = 1 });
        var task = Task.FromResult(reply);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task<(LoadResult Result, double BytesPerCall, double MicrosecondsPerCall)> UsingAsync(
        ServerProcess server, Func<Task<LoadResult>> load)
    {
        var before = await server.AllocatedAsync();
        var scrape = await server.AllocatedAsync() - before;
        var busy = server.ProcessorSeconds();
        var result = await load();
        busy = server.ProcessorSeconds() - busy;
        return (result, (await server.AllocatedAsync() - before - (2 * scrape)) / result.Answered, 1e6 * busy / result.Answered);
    }
}
