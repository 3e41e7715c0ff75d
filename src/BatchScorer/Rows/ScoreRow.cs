using LeNetServe.Runtime.Predictions;

namespace LeNetServe.BatchScorer.Rows;

/// <summary>The result for one image. Rows are reused: what outlives a chunk must be copied.</summary>
internal sealed class ScoreRow(int topK)
{
    /// <summary>The image's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The class that the image's folder names; -1 where it names none.</summary>
    public int Actual { get; set; } = -1;

    /// <summary>Best classes, best first; of no meaning where <see cref="Error"/> is set.</summary>
    public Prediction[] Top { get; } = new Prediction[topK];

    /// <summary>Why the image has no score.</summary>
    public RowError? Error { get; set; }

    /// <summary>SHA-256 of the image's content; all zero where it could not be read or nobody asked.</summary>
    public byte[] ContentHash { get; } = new byte[32];
}
