using Grpc.Core;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class ClientFaultsTests
{
    [Fact]
    public void Create_ManyFaultsOfAKind_AreALineAMinuteAndAllAreCounted()
    {
        var (log, time) = (new RecordedLog(), new FakeTimeProvider());
        using var factory = new LoggerFactory([log]);
        using var metrics = new ServerMetrics(time);
        var faults = new ClientFaults(metrics, time, factory.CreateLogger<ClientFaults>());

        for (var fault = 0; fault < 100; fault++)
            Assert.Equal(StatusCode.InvalidArgument, faults.Create(StatusCode.InvalidArgument, $"fault {fault}").StatusCode);
        faults.Create(StatusCode.ResourceExhausted, "another kind");
        time.Advance(TimeSpan.FromMinutes(1));
        faults.Create(StatusCode.InvalidArgument, "later");

        Assert.Equal(
            [
                "A client's fault (InvalidArgument): fault 0; 0 more of this kind since the last line",
                "A client's fault (ResourceExhausted): another kind; 0 more of this kind since the last line",
                "A client's fault (InvalidArgument): later; 99 more of this kind since the last line",
            ],
            log.Entries.Select(entry => entry.Message.Trim()));
        Assert.Equal(102, metrics.Unresolved[RequestOutcome.Invalid]?.Request.Read().Count);
    }
}
