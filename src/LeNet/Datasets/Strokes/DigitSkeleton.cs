using System.Numerics;

namespace LeNetServe.Datasets;

/// <summary>One way of writing a digit: the path of the pen through a box of 100×100, y downwards.</summary>
internal sealed class DigitSkeleton
{
    /// <summary>A point of the path. The line breaks at a corner and is smooth at every other point.</summary>
    internal readonly record struct Node(Vector2 Point, bool Corner);

    private DigitSkeleton(IReadOnlyList<Node[]> strokes) => Strokes = strokes;

    /// <summary>The strokes between which the pen is lifted.</summary>
    public IReadOnlyList<Node[]> Strokes { get; }

    /// <summary>For each digit the ways of writing it. <c>x,y</c> is a point, <c>!</c> marks a corner, <c>|</c> lifts the pen.</summary>
    public static IReadOnlyList<IReadOnlyList<DigitSkeleton>> Digits { get; } =
    [
        Ways(
            "52,0 20,15 5,50 15,85 45,100 78,85 90,50 82,18 52,0 38,5",
            "60,2 30,10 8,50 18,90 48,100 80,80 88,42 76,12 48,4",
            "45,2 12,25 6,62 28,96 64,96 90,62 84,22 58,2 42,4"),
        Ways(
            "50,0 50,50 50,100",
            "50,0 51,50 49,100",
            "28,20 52,0! 52,100",
            "25,25 52,0! 52,100! | 22,100 82,100"),
        Ways(
            "10,25 25,3 55,0 78,18 72,45 40,75 8,99! 45,96 92,98",
            "8,22 35,0 72,12 70,42 38,75 14,97 4,86 20,75 48,88 92,96",
            "10,20 42,0 76,14 66,48 8,98! 90,94",
            "14,18 45,2 70,16 64,46 30,84 6,96 10,80 40,82 66,98 90,90"),
        Ways(
            "10,12 40,0 75,10 72,35 36,47! 78,60 82,85 45,100 5,88",
            "8,15 40,0 72,15 60,40 34,47 66,54 80,78 50,100 5,88",
            "10,3 78,2! 38,42! 74,52 80,82 42,100 5,88",
            "14,10 44,0 68,18 52,42 28,46! 62,50 74,76 46,98 8,94"),
        Ways(
            "16,0 10,28 12,54! 50,52 84,50 | 72,5 67,52 62,100",
            "62,0 36,30 6,64! 92,61 | 62,2 60,50 59,100",
            "34,0 20,28 8,52! 86,50 | 82,4 68,50 56,100",
            "12,6 16,48! 76,44! | 76,0 75,48 76,100",
            "66,2 10,60! 88,58! | 68,4 64,100"),
        Ways(
            "82,2 22,4! 16,44! 50,37 82,58 75,88 40,100 5,90",
            "24,4 16,44! 50,38 80,60 72,90 38,100 5,88 | 24,3 84,0",
            "76,0 34,4! 22,40! 56,42 74,66 58,94 26,99 4,92",
            "88,4 40,6 24,14 20,44! 56,44 78,66 62,94 20,98"),
        Ways(
            "66,0 32,25 8,65 25,97 60,98 78,76 60,56 30,62 12,80",
            "50,0 18,40 10,80 40,100 75,86 70,60 40,52 14,72",
            "78,4 44,22 18,54 14,88 42,100 70,86 66,64 42,60 18,82",
            "36,0 14,42 8,78 30,100 64,94 72,72 50,60 22,70 12,86"),
        Ways(
            "5,7 85,3! 60,48 38,100",
            "5,10 84,4! 58,45 42,100! | 26,52 78,48",
            "8,24 9,5! 86,3! 56,50 36,100",
            "4,14 28,4 60,7 86,2! 56,45 46,100",
            "6,16 40,4 78,8 74,40 56,100"),
        Ways(
            "72,14 42,0 16,18 36,42 70,64 76,88 44,100 12,86 22,62 60,40 76,16 58,2",
            "50,0 22,10 24,36 50,47 78,36 78,10 50,0! | 50,47 15,62 15,90 50,100 85,90 84,62 50,47",
            "80,12 50,0 26,14 34,38 58,56 66,82 40,100 16,86 28,62 60,36 80,10",
            "46,2 20,14 30,40 62,58 72,82 46,100 18,88 24,62 58,42 72,18 52,2"),
        Ways(
            "76,14 45,0 12,18 15,42 45,50 72,36 78,10! 75,60 66,100",
            "80,8 42,0 10,25 30,48 68,38 80,8! 74,55 48,95 14,96",
            "70,24 42,2 12,22 24,46 58,40 73,16 70,60 58,100",
            "66,10 36,2 10,26 26,48 58,38 70,10! 66,56 62,100",
            "78,22 56,2 22,10 12,36 40,48 70,34 80,16 64,60 36,100"),
    ];

    private static DigitSkeleton[] Ways(params string[] ways) => [.. ways.Select(Parse)];

    private static DigitSkeleton Parse(string way) => new(
    [
        .. way.Split('|').Select(stroke => stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseNode).ToArray()),
    ]);

    private static Node ParseNode(string node)
    {
        var corner = node.EndsWith('!');
        var comma = node.IndexOf(',', StringComparison.Ordinal);
        return new(new(int.Parse(node.AsSpan(0, comma)), int.Parse(node.AsSpan(comma + 1).TrimEnd('!'))), corner);
    }
}
