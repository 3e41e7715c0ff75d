namespace LeNetServe.InferenceServer.Models;

/// <summary>Wires the model repository.</summary>
internal static class ModelsExtensions
{
    public static IServiceCollection AddModels(this IServiceCollection services) => services
        .AddSingleton<VersionLoader>()
        .AddSingleton<ModelRepository>()
        .AddHostedService<RepositoryService>();
}
