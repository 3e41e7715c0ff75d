namespace LeNetServe.InferenceServer.Models;

/// <summary>The times at which the repository is looked at, as in Triton.</summary>
internal enum RepositoryMode
{
    /// <summary>Once, at start.</summary>
    None,

    /// <summary>At start and then regularly: new versions are swapped in, deleted ones drain.</summary>
    Poll,

    /// <summary>Only what callers load and unload.</summary>
    Explicit,
}
