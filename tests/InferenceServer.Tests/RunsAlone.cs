namespace LeNetServe.InferenceServer.Tests;

/// <summary>
/// Tests that run after all others and one by one, because they measure the process's memory or because another server would disturb them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    public const string Name = "alone";
}
