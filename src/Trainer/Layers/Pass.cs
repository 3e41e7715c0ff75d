namespace LeNetServe.Trainer.Layers;

/// <summary>What a forward pass is for.</summary>
/// <param name="Training">Batch statistics and dropout are on.</param>
/// <param name="Seed">Of this pass's random numbers (dropout).</param>
internal readonly record struct Pass(bool Training, ulong Seed)
{
    /// <summary>Running statistics, no dropout.</summary>
    public static Pass Evaluation { get; } = new(false, 0);
}
