namespace LeNetServe.Specs;

/// <summary>
/// The digits as stylized 7×12 bitmaps: the fixed targets of <c>lenet5-1998</c>'s output layer. The paper prints its own too small to copy.
/// These have the same size and purpose: similar characters have similar codes.
/// </summary>
public static class DigitBitmaps
{
    private const string Pictures =
        """
        ..###..  ...#...  .#####.  #######  #.....#  #######  ..####.  #######  ..###..  ..###..
        .#...#.  ..##...  #.....#  .....#.  #.....#  #......  .#.....  ......#  .#...#.  .#...#.
        #.....#  .#.#...  #.....#  ....#..  #.....#  #......  #......  ......#  #.....#  #.....#
        #.....#  ...#...  ......#  ...#...  #.....#  #......  #......  .....#.  #.....#  #.....#
        #.....#  ...#...  ......#  ..###..  #.....#  ######.  #.###..  .....#.  .#...#.  #.....#
        #.....#  ...#...  .....#.  .....#.  .######  ......#  ##...#.  ....#..  ..###..  .#...##
        #.....#  ...#...  ....#..  ......#  ......#  ......#  #.....#  ....#..  .#...#.  ..###.#
        #.....#  ...#...  ...#...  ......#  ......#  ......#  #.....#  ...#...  #.....#  ......#
        #.....#  ...#...  ..#....  ......#  ......#  ......#  #.....#  ...#...  #.....#  ......#
        #.....#  ...#...  .#.....  #.....#  ......#  #.....#  #.....#  ..#....  #.....#  ......#
        .#...#.  ...#...  #......  .#...#.  ......#  .#...#.  .#...#.  ..#....  .#...#.  .....#.
        ..###..  .#####.  #######  ..###..  ......#  ..###..  ..###..  ..#....  ..###..  .####..
        """;

    /// <summary>Ten rows of 84 values, 12 lines of 7: +1 for ink, −1 for paper.</summary>
    public static IReadOnlyList<IReadOnlyList<sbyte>> Centers { get; } =
    [
        .. Enumerable.Range(0, 10).Select(digit => Pictures.Split('\n')
            .SelectMany(line => line.Split("  ")[digit].Select(mark => (sbyte)(mark == '#' ? 1 : -1))).ToArray()),
    ];
}
