using LeNetServe.InferenceServer.Tests.Fuzz;

namespace LeNetServe.InferenceServer.Tests.Models;

[Collection(RunsAlone.Name)]
public sealed class SwapMemoryTests(ITestOutputHelper output)
{
    private const int Swaps = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A session that stayed open would keep more than ten times as much.</summary>
    [Fact]
    public async Task LoadAndUnload_Repeated_LeaveNothing()
    {
        await using var server = await TestServer.StartAsync("--Models:Mode=explicit", "--Models:Load=tiny");

        var growth = await MemoryGrowth.OfAsync(3, async _ =>
        {
            for (var swap = 0; swap < Swaps; swap++)
            {
                await server.Repository.UnloadAsync("tiny", Cancellation);
                await server.Repository.LoadAsync("tiny", Cancellation);
            }
        });

        output.WriteLine($"{Swaps} swaps left {growth.Managed} bytes of objects and {growth.Native} of other memory");
        Assert.InRange(growth.Managed, long.MinValue, Swaps * 1024);
        Assert.InRange(growth.Native, long.MinValue, Swaps * 32 * 1024);
    }
}
