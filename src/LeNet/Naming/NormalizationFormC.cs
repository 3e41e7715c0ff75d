using System.Globalization;
using System.Text;

namespace LeNetServe.Naming;

/// <summary>
/// Unicode's normalization form C (Unicode Standard Annex 15). The framework's own leaves texts as they are in the invariant mode, in which
/// the programs run so that they need no ICU. <c>canonical.txt</c> has the data of Unicode 14: canonical decompositions, with <c>=</c> if
/// they are composed again and <c>></c> if not, and ranges of combining classes.
/// </summary>
internal static class NormalizationFormC
{
    // No character below this one combines or decomposes into another form C.
    private const char FirstSpecial = '\u0300';
    private const int Hangul = 0xac00, Lead = 0x1100, Vowel = 0x1161, Tail = 0x11a7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> Unicode = new(Tables.Read);

    /// <summary>Gets the text in form C.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstSpecial, char.MaxValue))
            return text;
        var points = new List<int>();
        var at = 0;
        while (at < text.Length)
        {
            // A lone surrogate remains as it is.
            var isRune = Rune.TryGetRuneAt(text, at, out var rune);
            Decompose(isRune ? rune.Value : text[at], points);
            at += isRune ? rune.Utf16SequenceLength : 1;
        }
        Order(points);
        return Text(Compose(points));
    }

    private static void Decompose(int point, List<int> points)
    {
        if (point - Hangul is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            points.Add(Lead + syllable / (Vowels * Tails));
            points.Add(Vowel + syllable / Tails % Vowels);
            if (syllable % Tails > 0)
                points.Add(Tail + syllable % Tails);
        }
        else if (Unicode.Value.Parts.TryGetValue(point, out var parts))
            foreach (var part in parts)
                Decompose(part, points);
        else
            points.Add(point);
    }

    /// <summary>Sorts the marks behind each letter by their classes; marks of one class stay in order.</summary>
    private static void Order(List<int> points)
    {
        for (var at = 1; at < points.Count; at++)
            for (var place = at; place > 0 && ClassOf(points[place]) is > 0 and var mark && ClassOf(points[place - 1]) > mark; place--)
                (points[place - 1], points[place]) = (points[place], points[place - 1]);
    }

    private static List<int> Compose(List<int> points)
    {
        var composed = new List<int>();
        var starter = -1;
        var last = -1;
        foreach (var point in points)
        {
            var mark = ClassOf(point);
            // A mark of the same class between the two keeps them apart.
            if (starter >= 0 && last < mark && Pair(composed[starter], point) is { } whole)
            {
                composed[starter] = whole;
                continue;
            }
            last = mark == 0 ? -1 : mark;
            starter = mark == 0 ? composed.Count : starter;
            composed.Add(point);
        }
        return composed;
    }

    private static int? Pair(int first, int second)
    {
        if (first - Lead is >= 0 and < Leads and var lead && second - Vowel is >= 0 and < Vowels and var vowel)
            return Hangul + (lead * Vowels + vowel) * Tails;
        if (first - Hangul is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0
            && second - Tail is > 0 and < Tails and var tail)
            return first + tail;
        return Unicode.Value.Pairs.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int ClassOf(int point) => Unicode.Value.Classes.GetValueOrDefault(point);

    private static string Text(List<int> points)
    {
        var text = new StringBuilder();
        foreach (var point in points)
            if (Rune.IsValid(point))
                text.Append(new Rune(point));
            else
                text.Append((char)point);
        return text.ToString();
    }

    private sealed record Tables(Dictionary<int, int[]> Parts, Dictionary<(int, int), int> Pairs, Dictionary<int, byte> Classes)
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var reader = new StreamReader(typeof(Tables).Assembly.GetManifestResourceStream("canonical.txt")!);
            foreach (var entry in reader.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
                if (entry.Split(':') is [var range, var mark])
                    tables.AddRange(range.Split('-'), byte.Parse(mark, CultureInfo.InvariantCulture));
                else if (entry.Split('=', '>') is [var whole, var parts])
                    tables.Add(Number(whole), parts, isComposed: entry.Contains('='));
            return tables;
        }

        private void Add(int whole, string text, bool isComposed)
        {
            var parts = Array.ConvertAll(text.Split('+'), Number);
            Parts.Add(whole, parts);
            if (isComposed)
                Pairs.Add((parts[0], parts[1]), whole);
        }

        private void AddRange(string[] range, byte mark)
        {
            for (var point = Number(range[0]); point <= Number(range[1]); point++)
                Classes.Add(point, mark);
        }

        private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
