namespace LeNetServe.Trainer.Downloads;

/// <summary>What became of a data set's file on this disk.</summary>
internal enum FileState
{
    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>Its hash is a pinned one.</summary>
    Sound,

    /// <summary>Its hash is none of the pinned ones: damaged, cut short or replaced.</summary>
    Damaged,
}
