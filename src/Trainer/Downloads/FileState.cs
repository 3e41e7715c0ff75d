namespace LeNetServe.Trainer.Downloads;

/// <summary>The state of a data set's file on this disk.</summary>
internal enum FileState
{
    /// <summary>The file does not exist.</summary>
    Missing,

    /// <summary>The file's hash is a pinned one.</summary>
    Sound,

    /// <summary>The file's hash is not a pinned one: the file is damaged, cut short or replaced.</summary>
    Damaged,
}
