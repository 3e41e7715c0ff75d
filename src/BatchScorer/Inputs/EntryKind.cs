namespace LeNetServe.BatchScorer.Inputs;

/// <summary>The kind of a folder's entry, with the values of <c>d_type</c>.</summary>
internal enum EntryKind : byte
{
    Unknown = 0,
    Folder = 4,
    File = 8,
    Link = 10,
}
