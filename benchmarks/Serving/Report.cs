using System.Globalization;

namespace LeNetServe.Serving;

/// <summary>The figures of all rounds: the median of each beside its target.</summary>
internal sealed class Report
{
    private readonly Dictionary<string, Row> rows = [];

    /// <summary>Adds a figure without a target.</summary>
    public void Add(string figure, double value) => Add(figure, value, null, 0);

    /// <summary>Adds a figure that must be at least the target.</summary>
    public void AtLeast(string figure, double value, double target) => Add(figure, value, "≥", target);

    /// <summary>Adds a figure that must be at most the target.</summary>
    public void AtMost(string figure, double value, double target) => Add(figure, value, "≤", target);

    /// <summary>Adds a figure that must be 0 in every round.</summary>
    public void Never(string figure, double value) => Add(figure, value, "=", 0);

    /// <summary>Prints the figures.</summary>
    /// <returns>Whether every target is met.</returns>
    public bool Write(TextWriter writer)
    {
        foreach (var row in rows.Values)
        {
            var values = string.Join(", ", row.Values.Select(Number));
            writer.WriteLine($"{row.Figure,-72} {Number(row.Median),10}  {row.Verdict,-16} [{values}]");
        }
        return rows.Values.All(row => row.IsMet);
    }

    private void Add(string figure, double value, string? comparison, double target)
    {
        if (!rows.TryGetValue(figure, out var row))
            rows[figure] = row = new(figure, comparison, target);
        row.Values.Add(value);
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "0.###" : "0", CultureInfo.InvariantCulture);

    private sealed record Row(string Figure, string? Comparison, double Target)
    {
        public List<double> Values { get; } = [];

        public double Median
        {
            get
            {
                var sorted = Values.Order().ToArray();
                return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
            }
        }

        public bool IsMet => Comparison switch
        {
            "≥" => Median >= Target,
            "≤" => Median <= Target,
            "=" => Values.TrueForAll(value => value == Target),
            _ => true,
        };

        public string Verdict => Comparison is null ? "" : $"{Comparison} {Number(Target)} {(IsMet ? "ok" : "MISSED")}";
    }
}
