using System.Net;
using System.Text.RegularExpressions;

namespace LeNetServe.EndToEnd.Tests.Conventions;

/// <summary>The English of the repository: comments of sources, text of documents, and sentences of both.</summary>
internal static partial class Prose
{
    /// <summary>A sentence with the file and the line on which its paragraph begins.</summary>
    public sealed record Sentence(string File, int Line, string Text)
    {
        /// <summary>The number of words; code and numbers count as words.</summary>
        public int Words => Word().Count(Text);

        /// <inheritdoc/>
        public override string ToString() => $"{File}:{Line}: {Text}";
    }

    /// <summary>The sentences of the comments in the sources under the given top folders.</summary>
    public static IEnumerable<Sentence> OfComments(params string[] folders) =>
        from file in RepositoryTree.Sources(folders)
        from paragraph in Comments(File.ReadAllLines(file))
        from sentence in Sentences(RepositoryTree.Relative(file), paragraph.Line, paragraph.Text)
        select sentence;

    /// <summary>The sentences of a Markdown document. Code, tables, headings and HTML comments are left out.</summary>
    public static IEnumerable<Sentence> OfDocument(string file) =>
        from paragraph in Paragraphs(File.ReadAllLines(Path.Combine(RepositoryTree.Root, file)))
        from sentence in Sentences(file, paragraph.Line, paragraph.Text)
        select sentence;

    /// <summary>The texts of the <c>summary</c> elements under the given top folders.</summary>
    public static IEnumerable<Sentence> OfSummaries(params string[] folders) =>
        from file in RepositoryTree.Sources(folders)
        let text = File.ReadAllText(file)
        from Match match in Summary().Matches(text)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        let plain = Plain(match.Groups["text"].Value.Replace("///", " ", StringComparison.Ordinal))
        select new Sentence(RepositoryTree.Relative(file), line, plain);

    /// <summary>The comment lines under the given top folders, without their slashes.</summary>
    public static IEnumerable<string> CommentLines(params string[] folders) =>
        from file in RepositoryTree.Sources(folders)
        from line in File.ReadLines(file)
        where line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        select Plain(line.TrimStart(' ', '/'));

    private static IEnumerable<(int Line, string Text)> Comments(string[] lines)
    {
        var start = 0;
        var text = "";
        for (var i = 0; i <= lines.Length; i++)
        {
            var line = i < lines.Length ? lines[i].Trim() : "";
            var isComment = line.StartsWith("//", StringComparison.Ordinal);
            // An element of its own, such as a <param>, ends the paragraph before it.
            if (text.Length > 0 && (!isComment || Element().IsMatch(line)))
            {
                yield return (start, text);
                text = "";
            }
            if (!isComment)
                continue;
            if (text.Length == 0)
                start = i + 1;
            text += " " + line.TrimStart('/');
        }
    }

    private static IEnumerable<(int Line, string Text)> Paragraphs(string[] lines)
    {
        var isCode = false;
        var start = 0;
        var text = "";
        for (var i = 0; i <= lines.Length; i++)
        {
            var line = i < lines.Length ? lines[i] : "";
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            var isText = !isFence && !isCode && !NoText().IsMatch(line) && line.Length > 0;
            if (text.Length > 0 && (!isText || Item().IsMatch(line)))
            {
                yield return (start, text);
                text = "";
            }
            if (!isText)
                continue;
            if (text.Length == 0)
                start = i + 1;
            text += " " + Item().Replace(line, "");
        }
    }

    private static IEnumerable<Sentence> Sentences(string file, int line, string text) =>
        from sentence in SentenceEnd().Split(Plain(text))
        where sentence.Trim().Length > 0
        select new Sentence(file, line, sentence.Trim());

    // Code in a sentence counts as one word, a link as its text.
    private static string Plain(string text) =>
        Spaces().Replace(WebUtility.HtmlDecode(Tag().Replace(Code().Replace(Link().Replace(text, "${text}"), "CODE"), " ")), " ").Trim();

    [GeneratedRegex(@"<summary>(?<text>.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex(@"^///\s*<(param|returns|remarks|exception|typeparam|value|para|item|summary)\b")]
    private static partial Regex Element();

    [GeneratedRegex(@"`[^`]*`|<c>.*?</c>|<see[^>]*/>|<paramref[^>]*/>|<code>.*?</code>")]
    private static partial Regex Code();

    [GeneratedRegex(@"!?\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"<[^<>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // A full stop, colon or semicolon ends a sentence when a space follows; "e.g. " does not occur in the house's English.
    [GeneratedRegex(@"(?<=[.!?:;][)""”]?)\s+(?!\d)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[\w'’./×%°²≤≥±+=@*-]*\w[\w'’./×%°²≤≥±+=@*-]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*(\||#|<|!\[|dataset ──)")]
    private static partial Regex NoText();

    [GeneratedRegex(@"^\s*([-*]|\d+\.)\s+")]
    private static partial Regex Item();
}
