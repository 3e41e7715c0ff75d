namespace LeNetServe.BatchScorer.Inputs;

/// <summary>What a folder's entry is; the values are those of <c>d_type</c>.</summary>
internal enum EntryKind : byte
{
    Unknown = 0,
    Folder = 4,
    File = 8,
    Link = 10,
}
