namespace LeNetServe.Trainer.Metrics;

/// <summary>A line about an epoch.</summary>
internal interface IEpoch
{
    /// <summary>Gets the number of the epoch, from 1.</summary>
    int Epoch { get; }
}
