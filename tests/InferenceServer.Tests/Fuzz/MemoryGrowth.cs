using System.Runtime;
using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>
/// Measures the growth of memory by rounds of requests. A leak shows in every round, a pool that grows once does not: the least of some
/// rounds counts.
/// </summary>
/// <param name="Managed">Bytes of live objects.</param>
/// <param name="Native">Resident bytes that are not the managed heap's.</param>
internal readonly record struct MemoryGrowth(long Managed, long Native)
{
    /// <summary>The least growth over <paramref name="rounds"/> rounds, after one that warms up.</summary>
    public static async Task<MemoryGrowth> OfAsync(int rounds, Func<int, Task> round)
    {
        await round(0);
        var least = new MemoryGrowth(long.MaxValue, long.MaxValue);
        var before = Now();
        for (var index = 1; index <= rounds; index++)
        {
            await round(index);
            var after = Now();
            least = new(Math.Min(least.Managed, after.Managed - before.Managed), Math.Min(least.Native, after.Native - before.Native));
            before = after;
        }
        return least;
    }

    private static MemoryGrowth Now()
    {
        for (var pass = 0; pass < 2; pass++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        // Memory that is free but not yet returned is not a leak.
        NativeHeap.Trim();
        return new(
            GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet - GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes);
    }
}
