namespace LeNetServe.InferenceServer.Models;

/// <summary>Registers the model repository.</summary>
internal static class ModelsExtensions
{
    public static IServiceCollection AddModels(
        this IServiceCollection services, RepositoryOptions repository, LoadingOptions loading) => services
        .AddSingleton(repository)
        .AddSingleton(loading)
        .AddSingleton<VersionLoader>()
        .AddSingleton<ModelRepository>()
        .AddHostedService<RepositoryService>();
}
