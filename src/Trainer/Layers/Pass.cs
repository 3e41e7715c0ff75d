namespace LeNetServe.Trainer.Layers;

/// <summary>The purpose of a forward pass.</summary>
/// <param name="Training">Batch statistics and dropout are on.</param>
/// <param name="Seed">Seed of the pass's random numbers (dropout).</param>
internal readonly record struct Pass(bool Training, ulong Seed)
{
    /// <summary>Running statistics, no dropout.</summary>
    public static Pass Evaluation { get; } = new(false, 0);
}
