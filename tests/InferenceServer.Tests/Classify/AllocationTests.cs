using LeNetServe.InferenceServer.Classify;
using LeNetServe.InferenceServer.Pipeline;
using LeNetServe.V1;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Classify;

public sealed class AllocationTests
{
    private const int Calls = 1_000;

    [Fact]
    public async Task ClassifyAsync_RawPixels_AllocatesTheReplyAndNothingElse()
    {
        await using var server = await TestServer.StartAsync();
        var service = server.App.Services.GetRequiredService<ClassifierService>();
        var request = new ClassifyRequest { Model = "tiny", Image = ClassifierServiceTests.Stripe(1) };
        var caller = new Caller(DateTime.UtcNow.AddHours(1), CancellationToken.None);
        ClassifyResponse? reply = null;

        var all = AllocatedBy(() => reply = service.ClassifyAsync(request, caller).Result);
        var replyAlone = AllocatedBy(() => Task.FromResult(Copy(reply!)));

        Assert.Equal(replyAlone, all);
    }

    private static ClassifyResponse Copy(ClassifyResponse reply)
    {
        var copy = new ClassifyResponse { Model = reply.Model, Version = reply.Version };
        copy.Predictions.Capacity = reply.Predictions.Count;
        for (var index = 0; index < reply.Predictions.Count; index++)
        {
            var prediction = reply.Predictions[index];
            copy.Predictions.Add(new Prediction { Index = prediction.Index, Label = prediction.Label, Probability = prediction.Probability });
        }
        return copy;
    }

    private static long AllocatedBy(Action call)
    {
        for (var warmUp = 0; warmUp < Calls; warmUp++)
            call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < Calls; index++)
            call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }
}
