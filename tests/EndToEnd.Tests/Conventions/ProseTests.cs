using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>
/// The testable part of the rules for English in CONTRIBUTING.md. The bounds are those of the codebases that the rules were taken from.
/// </summary>
public sealed partial class ProseTests
{
    private static readonly string[] Code = ["src", "tests", "benchmarks", "samples"];

    /// <summary>The documents that people write; reports of an export are generated.</summary>
    private static IEnumerable<string> Documents =>
        from file in RepositoryTree.TrackedFiles
        where Path.GetExtension(file) == ".md" && Path.GetFileName(file) != "report.md"
        select file;

    private static IEnumerable<Prose.Sentence> Everything => [.. Prose.OfComments(Code), .. Documents.SelectMany(Prose.OfDocument)];

    /// <summary>Polly has 0.01, Sep 0.03, YARP 0.06 and grpc-dotnet 0.08 of them.</summary>
    [Fact]
    public void Where_InComments_IsRareBesideIfAndWhen()
    {
        var lines = Prose.CommentLines("src").ToArray();
        var places = lines.Sum(line => Where().Count(line));
        var conditions = lines.Sum(line => IfOrWhen().Count(line));

        var found = $"comments say \"where\" {places} times and \"if\" or \"when\" {conditions} times";
        Violations.AssertNone<string>(places <= 0.08 * conditions ? [] : [found]);
    }

    [Fact]
    public void Summaries_OfEveryMember_BeginWithAVerbOrANoun()
    {
        var headless = Prose.OfSummaries(Code).Where(summary => HeadlessStart().IsMatch(summary.Text));

        Violations.AssertNone(headless);
    }

    [Fact]
    public void Sentences_OfCommentsAndDocuments_HaveASubject()
    {
        var headless = Everything.Where(sentence => HeadlessSentence().IsMatch(sentence.Text) && !sentence.Text.EndsWith('?'));

        Violations.AssertNone(headless);
    }

    [Fact]
    public void Sentences_OfCommentsAndDocuments_SayIsNotA()
    {
        var negated = Everything.Where(sentence => IsNo().IsMatch(sentence.Text));

        Violations.AssertNone(negated);
    }

    [Fact]
    public void Messages_InTheSources_SayIsNotA()
    {
        var negated =
            from file in RepositoryTree.Sources("src")
            from line in File.ReadLines(file).Index()
            from Match text in Literal().Matches(line.Item)
            where IsNo().IsMatch(text.Value)
            select $"{RepositoryTree.Relative(file)}:{line.Index + 1}: {text.Value}";

        Violations.AssertNone(negated);
    }

    [Fact]
    public void Words_InSourcesAndDocuments_AreSpelledAsInAmerica()
    {
        var british =
            from file in (IEnumerable<string>)[.. RepositoryTree.Sources(Code).Select(RepositoryTree.Relative), .. Documents]
            where !file.EndsWith("ProseTests.cs", StringComparison.Ordinal)
            from line in File.ReadLines(Path.Combine(RepositoryTree.Root, file)).Index()
            where !line.Item.Contains("--doc \"", StringComparison.Ordinal) // the text inside a shipped file
            let word = British().Match(line.Item)
            where word.Success && !line.Item.Contains("summary[\"labelled\"]", StringComparison.Ordinal)
            select $"{file}:{line.Index + 1}: {word.Value}";

        Violations.AssertNone(british);
    }

    [Fact]
    public void Sentences_OfCommentsAndDocuments_HaveAtMost25Words()
    {
        var longer =
            from sentence in Everything
            where sentence.Words > 25
            select $"{sentence.Words} words: {sentence}";

        Violations.AssertNone(longer);
    }

    [GeneratedRegex(@"\bwhere\b", RegexOptions.IgnoreCase)]
    private static partial Regex Where();

    [GeneratedRegex(@"\b(if|when)\b", RegexOptions.IgnoreCase)]
    private static partial Regex IfOrWhen();

    [GeneratedRegex(@"^(What|Who|Whoever|Whom|Where|How|Whether|Which|Whichever|Why)\b")]
    private static partial Regex HeadlessStart();

    [GeneratedRegex(@"^(What|Who|Whoever|Whatever|Whichever) (?!for\b)\w+")]
    private static partial Regex HeadlessSentence();

    [GeneratedRegex(@"\b(is|are|was|were) no (?!longer\b|more than\b|one\b)\w+")]
    private static partial Regex IsNo();

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""")]
    private static partial Regex Literal();

    [GeneratedRegex(
        @"\w*(colour|centre|behaviour|neighbour|favour|grey|normalis|optimis|initialis|serialis|quantis|organis|recognis|summaris"
        + @"|synchronis|labelled|modelled|travell|artefact|licence|catalogue|defence|analyse)\w*",
        RegexOptions.IgnoreCase)]
    private static partial Regex British();
}
