using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Registers TLS, tokens and rate limits.</summary>
internal static class SecurityExtensions
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, SecurityOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<SecurityLog>();
        services.AddSingleton<ClientFaults>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<TlsState>();
        return services;
    }

    /// <summary>Adds the Gatekeeper. Call this before the endpoints.</summary>
    public static IApplicationBuilder UseSecurity(this IApplicationBuilder app) => app.UseMiddleware<Gatekeeper>();
}
