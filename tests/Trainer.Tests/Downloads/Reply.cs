namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>What a <see cref="TestMirror"/> answers.</summary>
internal sealed record Reply(int Status, byte[] Body)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Send only that many bytes of the body, then close the connection.</summary>
    public int? CloseAfter { get; init; }

    /// <summary>Send only that many bytes of the body, then stay silent until the client goes.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Leave Content-Length out: the end of the connection ends the body.</summary>
    public bool HideLength { get; init; }
}
