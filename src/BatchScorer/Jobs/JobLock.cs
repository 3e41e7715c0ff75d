using LeNetServe.Cli;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>Keeps two scorers from working on one shard at a time. The system releases the lock when the process ends.</summary>
internal static class JobLock
{
    public static IDisposable Take(Job job, WorkShare share)
    {
        var path = Path.Combine(job.Folder, "parts", $"shard-{share.Index}-of-{share.Count}.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new IOException($"another scorer is working on shard {share} of {job.Folder} ({exception.Message})", exception);
        }
    }
}
