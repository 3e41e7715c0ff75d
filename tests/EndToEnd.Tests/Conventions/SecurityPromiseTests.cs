using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>Each promise of SECURITY.md names the tests that hold it, and they exist.</summary>
public sealed partial class SecurityPromiseTests
{
    [Fact]
    public void Promises_OfSecurity_NameTestsThatExist()
    {
        var tests = RepositoryTree.Sources("tests").ToLookup(
            file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);
        var promises = Section().Match(File.ReadAllText(Path.Combine(RepositoryTree.Root, "SECURITY.md"))).Value
            .Split("\n- ").Skip(1).ToArray();

        var broken =
            from promise in promises
            let names = Names().Matches(promise)
            let missing = names.Where(name => !tests[name.Groups["class"].Value].Any(
                source => source.Contains($" {name.Groups["test"].Value}(", StringComparison.Ordinal)))
            where names.Count == 0 || missing.Any()
            select $"{promise}: {(names.Count == 0 ? "no test" : string.Join(", ", missing))}";

        Assert.NotEmpty(promises);
        Violations.AssertNone(broken);
    }

    [GeneratedRegex(@"^## What is promised\n.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+_\w+_\w+)`")]
    private static partial Regex Names();
}
