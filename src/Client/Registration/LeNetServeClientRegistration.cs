using LeNetServe.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client for dependency injection.</summary>
public static class LeNetServeClientRegistration
{
    /// <summary>
    /// Adds a singleton <see cref="ILeNetServeClient"/> of the server at <paramref name="url"/>. It is registered as
    /// <see cref="LeNetServeClient"/> as well.
    /// </summary>
    public static IServiceCollection AddLeNetServeClient(this IServiceCollection services, string url) =>
        services.AddLeNetServeClient(options => options.Urls.Add(url));

    /// <summary>
    /// Adds a singleton <see cref="ILeNetServeClient"/>. Its first resolution throws <see cref="OptionsValidationException"/> with every
    /// invalid option. It is registered as <see cref="LeNetServeClient"/> as well.
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
        services.AddSingleton<ILeNetServeClient>(provider => provider.GetRequiredService<LeNetServeClient>());
        return services;
    }

    /// <summary>
    /// Adds a singleton <see cref="ILeNetServeClient"/> whose options come from a section of the configuration, such as
    /// <c>{ "Urls": ["http://localhost:8001"], "DefaultModel": "lenet5-mnist", "Timeout": "00:00:05" }</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value cannot be read, or a key is unknown. Thrown at the first resolution.</exception>
    public static IServiceCollection AddLeNetServeClient(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddLeNetServeClient(options =>
        {
            var configured = new ConfiguredOptions();
            section.Bind(configured, binder => binder.ErrorOnUnknownConfiguration = true);
            configured.CopyTo(options);
        });
    }
}
