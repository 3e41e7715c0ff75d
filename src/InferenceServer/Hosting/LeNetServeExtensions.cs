using Grpc.AspNetCore.Server.Model;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Api;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.OpenInference;
using LeNetServe.InferenceServer.Api.Reference;
using LeNetServe.InferenceServer.Configuration;
using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Serves models inside another ASP.NET application, in its process and on its listeners.</summary>
public static class LeNetServeExtensions
{
    // Keys of the server program: an application has listeners, a log, pages and telemetry of its own.
    private static readonly string[] OfTheProgram = ["Listen", "Logging", "Page", "Runs", "Security:Tls", "Telemetry:OtlpEndpoint"];

    /// <summary>
    /// Adds the models and the calls. The settings are those of the server, in a section of the application's configuration. Call this
    /// after <c>AddGrpc</c>, if the application has gRPC services of its own.
    /// </summary>
    /// <param name="builder">The builder of the application.</param>
    /// <param name="section">The section of the configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="OptionsValidationException">Settings are wrong, unknown, or of the program; the message lists all.</exception>
    public static TBuilder AddLeNetServe<TBuilder>(this TBuilder builder, string section = "LeNetServe")
        where TBuilder : IHostApplicationBuilder
    {
        var configuration = builder.Configuration.GetSection(section);
        var reader = new SettingsReader(configuration, builder.Configuration as IConfigurationRoot);
        var options = ServerOptions.Read(reader);
        reader.RejectUnknown();
        foreach (var key in OfTheProgram.Where(key => configuration.GetSection(key).Exists()))
            reader.Fault($"{key} is a setting of the server program; the application itself decides that");
        if (reader.Faults.Count > 0)
            throw new OptionsValidationException(section, typeof(ServerOptions), reader.Faults.Select(fault => $"{section}:{fault}"));
        builder.Services.AddCalls(options);
        return builder;
    }

    /// <summary>
    /// Maps the calls: <c>lenetserve.v1</c> and the Open Inference Protocol, over gRPC and REST. The section <c>Security</c> holds for
    /// these endpoints alone. Loading of models is closed unless it opens it.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>The endpoints, for conventions such as <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was called after <c>AddLeNetServe</c>.</exception>
    public static IEndpointConventionBuilder MapLeNetServe(this IEndpointRouteBuilder endpoints)
    {
        var providers = endpoints.ServiceProvider.GetServices<IServiceMethodProvider<ClassifierService>>();
        if (providers.Any(provider => provider.GetType().Name.StartsWith("BinderServiceMethodProvider", StringComparison.Ordinal)))
            throw new InvalidOperationException("AddGrpc was called after AddLeNetServe, expected AddLeNetServe after AddGrpc");
        var guard = endpoints.CreateApplicationBuilder();
        guard.UseSecurity();
        guard.UseGrpcRules();
        guard.UseKnownQueries();
        guard.Run(context => context.GetEndpoint()!.Metadata.GetRequiredMetadata<Guarded>().Call(context));
        var guarded = guard.Build();
        var calls = endpoints.MapGroup("");
        calls.MapClassifier();
        calls.MapRest();
        calls.MapOpenInference();
        calls.MapOpenApi();
        ((IEndpointConventionBuilder)calls).Finally(endpoint =>
        {
            endpoint.Metadata.Add(new Guarded(endpoint.RequestDelegate!));
            endpoint.RequestDelegate = guarded;
        });
        return calls;
    }

    private sealed record Guarded(RequestDelegate Call);
}
