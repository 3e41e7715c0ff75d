namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>An answer of a <see cref="TestMirror"/>.</summary>
internal sealed record Reply(int Status, byte[] Body)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The number of bytes of the body after which the mirror closes the connection.</summary>
    public int? CloseAfter { get; init; }

    /// <summary>The number of bytes of the body after which the mirror stays silent until the client goes.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Leaves Content-Length out, so that the end of the connection ends the body.</summary>
    public bool HideLength { get; init; }
}
