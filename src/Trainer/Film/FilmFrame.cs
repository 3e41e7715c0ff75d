using System.Text.Json.Serialization;
using LeNetServe.Trainer.Metrics;

namespace LeNetServe.Trainer.Film;

/// <summary>A line of <c>film.jsonl</c>: the network after one epoch, as the server's page shows it.</summary>
internal sealed record FilmFrame : IEpoch
{
    /// <summary>Number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The first convolution's weights, row-major: 127 and 128 are near zero, 0 or 255 is the largest magnitude.</summary>
    public required byte[] Filters { get; init; }

    /// <summary>Their shape, maps×C×height×width.</summary>
    public required int[] Shape { get; init; }

    /// <summary>
    /// Counts of answers on the validation images, a row for each right class; absent without validation or with many classes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[][]? Confusion { get; init; }
}
