using System.Text;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class SortedNamesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void InOrder_MoreNamesThanMemory_AreSortedByTheirBytes(int count)
    {
        var random = new Random(3);
        var names = Enumerable.Range(0, count).Select(i => $"{random.Next()}-{new string('é', random.Next(100))}{i}").ToList();
        using var sorted = new SortedNames(arenaBytes: 4096);
        foreach (var name in names)
            sorted.Add(Encoding.UTF8.GetBytes(name), (byte)name.Length);

        var found = sorted.InOrder().Select(entry => (Name: Encoding.UTF8.GetString(entry.Name.Span), entry.Type)).ToList();

        Assert.Equal(names.Order(StringComparer.Ordinal), found.Select(entry => entry.Name));
        Assert.All(found, entry => Assert.Equal((byte)entry.Name.Length, entry.Type));
    }
}
