using LeNetServe.InferenceServer.Tests.Fuzz;

namespace LeNetServe.Fuzz;

/// <summary>Reads the kept inputs, and mutations of them that are the same in each run.</summary>
internal static class ShortRun
{
    /// <summary>
    /// Returns 0 if every target rejects what it cannot read as it should, else 4. A finding is written to the current folder.
    /// </summary>
    public static int Run(string corpus, int mutations)
    {
        var findings = 0;
        foreach (var name in Targets.Names)
        {
            var target = Targets.Find(name);
            byte[][] kept = [.. Directory.GetFiles(Path.Combine(corpus, name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
            var random = new Random(kept.Length);
            var inputs = kept.Concat(Enumerable.Range(0, mutations).Select(index => Mutation.Of(random, kept[index % kept.Length])));
            foreach (var input in inputs)
                findings += Reads(target, input) ? 0 : 1;
            Console.WriteLine($"{name}: {kept.Length} kept inputs, {mutations} mutations");
        }
        return findings == 0 ? 0 : 4;
    }

    private static bool Reads(Target target, byte[] input)
    {
        try
        {
            target.Read(input);
            return true;
        }
        catch (Exception exception)
        {
            var file = $"finding-{target.Name}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input))[..12]}";
            File.WriteAllBytes(file, input);
            Console.Error.WriteLine($"{file}: {exception}");
            return false;
        }
    }
}
