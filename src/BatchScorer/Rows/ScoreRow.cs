using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Rows;

/// <summary>The result for one image. Rows are reused: what outlives a chunk must be copied.</summary>
internal sealed class ScoreRow(int topK)
{
    /// <summary>The image's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The class that the image's folder names; -1 if it names none.</summary>
    public int Actual { get; set; } = -1;

    /// <summary>Best classes, best first; without meaning if <see cref="Error"/> is set.</summary>
    public Prediction[] Top { get; } = new Prediction[topK];

    /// <summary>Gets or sets how strange the image is; null if the model has no output for it, or if the image has no score.</summary>
    public float? Novelty { get; set; }

    /// <summary>Gets or sets the reason why the image has no score.</summary>
    public RowError? Error { get; set; }

    /// <summary>SHA-256 of the image's content; all zero if it was not read or not asked for.</summary>
    public byte[] ContentHash { get; } = new byte[32];
}
