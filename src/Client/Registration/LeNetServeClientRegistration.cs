using LeNetServe.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client for dependency injection.</summary>
public static class LeNetServeClientRegistration
{
    /// <summary>Adds a singleton <see cref="LeNetServeClient"/> of the server at <paramref name="url"/>.</summary>
    public static IServiceCollection AddLeNetServeClient(this IServiceCollection services, string url) =>
        services.AddLeNetServeClient(options => options.Urls.Add(url));

    /// <summary>
    /// Adds a singleton <see cref="LeNetServeClient"/>. Its first resolution throws <see cref="OptionsValidationException"/> with every
    /// invalid option.
    /// </summary>
    public static IServiceCollection AddLeNetServeClient(this IServiceCollection services, Action<LeNetServeClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<LeNetServeClientOptions>().Configure(configure);
        services.AddSingleton<IValidateOptions<LeNetServeClientOptions>, LeNetServeClientOptionsValidation>();
        services.AddSingleton(provider => new LeNetServeClient(
            provider.GetRequiredService<IOptions<LeNetServeClientOptions>>().Value,
            provider.GetService<ILoggerFactory>(),
            provider.GetService<TimeProvider>()));
        return services;
    }
}
