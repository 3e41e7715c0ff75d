using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Records;

/// <summary>A record of the project: a recipe, its seeds, and what they gave.</summary>
internal sealed record NamedRecord
{
    /// <summary>Gets all records: <c>records.json</c>, part of the program.</summary>
    public static IReadOnlyList<NamedRecord> All { get; } = TrainerJson.Embedded<NamedRecord[]>("records.json");

    /// <summary>Gets the names of the records, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(record => record.Name));

    /// <summary>Gets the name, such as <c>mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the recipe of the runs.</summary>
    public required string Recipe { get; init; }

    /// <summary>Gets the date and the commit.</summary>
    public required string Measured { get; init; }

    /// <summary>Gets the machine.</summary>
    public required string Hardware { get; init; }

    /// <summary>Gets the seconds of all runs on that machine, one after another.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the figures, by seed.</summary>
    public required IReadOnlyList<SeedFigures> Runs { get; init; }

    /// <summary>Gets the mean test accuracy with its 95 % interval.</summary>
    public Interval TestAccuracy => Interval.Of(Runs.Select(run => run.TestAccuracy));

    /// <summary>Gets the seconds of so many runs on that machine.</summary>
    public double SecondsOf(int runs) => Seconds * runs / Runs.Count;

    /// <summary>
    /// Gets the range that the mean test accuracy of so many further runs falls into 19 times of 20: Student's t with the deviation of the
    /// recorded runs.
    /// </summary>
    public (double Low, double High) Expected(int runs)
    {
        var recorded = TestAccuracy;
        // The half-width is t·s/√n; a mean of m further runs differs from the recorded one by t·s·√(1/n + 1/m).
        var half = recorded.HalfWidth!.Value * Math.Sqrt(1 + ((double)recorded.Count / runs));
        return (recorded.Mean - half, recorded.Mean + half);
    }
}
