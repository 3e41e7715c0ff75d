namespace LeNetServe.Trainer.Commands;

/// <summary>The request to measure a run's weights.</summary>
internal sealed record EvaluateOptions
{
    /// <summary>The run's directory.</summary>
    public required string Run { get; init; }

    /// <summary>Directory of the data set's files; null for the run's own.</summary>
    public string? Data { get; init; }

    /// <summary>Measure also the mean of the answers to each image and its mirror image.</summary>
    public bool Flip { get; init; }

    /// <summary>A file for all answers; null for none.</summary>
    public string? Answers { get; init; }

    /// <summary>A file for the gradients by the pixels; null for none.</summary>
    public string? Gradients { get; init; }

    public required string Device { get; init; }

    /// <summary>Threads to compute with; null for all cores.</summary>
    public int? Threads { get; init; }
}
