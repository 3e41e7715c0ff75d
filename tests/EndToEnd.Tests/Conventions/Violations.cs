namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Places that break a convention.</summary>
internal static class Violations
{
    private const int Shown = 1_000;

    /// <summary>Fails with a line for each place, up to 1,000 of them.</summary>
    public static void AssertNone<T>(IEnumerable<T> places)
    {
        var found = places.ToArray();
        if (found.Length > 0)
            Assert.Fail($"{found.Length} places:\n{string.Join('\n', found.Take(Shown))}");
    }
}
