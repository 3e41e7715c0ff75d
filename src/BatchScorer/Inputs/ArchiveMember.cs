using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>A member of an archive.</summary>
/// <param name="Path">The bytes of its path in the archive.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Read">Reads its content, once, before the next member; null if the error says why not.</param>
/// <param name="Error">The reason why it cannot be read.</param>
internal readonly record struct ArchiveMember(byte[] Path, long Length, Func<byte[]>? Read, RowError? Error = null)
{
    /// <summary>Gets a value that tells a damaged place from a member: no filter passes over it.</summary>
    public bool IsDamage { get; init; }
}
