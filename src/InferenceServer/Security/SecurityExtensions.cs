using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Security;

/// <summary>Wires TLS, tokens and rate limits.</summary>
internal static class SecurityExtensions
{
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidation>();
        services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<SecurityLog>();
        services.AddSingleton<TlsState>();
        return services;
    }

    /// <summary>Must come before the endpoints.</summary>
    public static IApplicationBuilder UseSecurity(this IApplicationBuilder app) => app.UseMiddleware<Gatekeeper>();
}
