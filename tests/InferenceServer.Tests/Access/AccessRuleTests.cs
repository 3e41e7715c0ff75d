using LeNetServe.InferenceServer.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class AccessRuleTests
{
    [Fact]
    public async Task Endpoints_EachOne_StatesItsRule()
    {
        await using var server = await TestServer.StartAsync();

        Assert.DoesNotContain(Endpoints(server), endpoint => endpoint.Rule is null);
    }

    [Fact]
    public async Task Endpoints_OtherThanModels_AreTheseOnly()
    {
        await using var server = await TestServer.StartAsync();
        var rules = Endpoints(server).Where(endpoint => endpoint.Rule != AccessRule.Inference).Select(
            endpoint => $"{endpoint.Rule} {endpoint.Route}");

        Assert.Equal(
            [
                "Control /inference.GRPCInferenceService/RepositoryModelLoad",
                "Control /inference.GRPCInferenceService/RepositoryModelUnload",
                "Control /v2/repository/models/{model}/load",
                "Control /v2/repository/models/{model}/unload",
                "Metrics /metrics",
                "Open /",
                "Open /grpc.health.v1.Health/Check",
                "Open /grpc.health.v1.Health/Watch",
                "Open /inference.GRPCInferenceService/ServerLive",
                "Open /inference.GRPCInferenceService/ServerReady",
                "Open /livez",
                "Open /openapi/v1.json",
                "Open /page/answer.js",
                "Open /page/app.css",
                "Open /page/app.js",
                "Open /page/calls.js",
                "Open /page/card.js",
                "Open /page/film.js",
                "Open /page/give.js",
                "Open /page/golden.js",
                "Open /page/icon.svg",
                "Open /page/ink.js",
                "Open /page/layers.js",
                "Open /page/network.js",
                "Open /page/operators.js",
                "Open /page/pad.js",
                "Open /page/page.css",
                "Open /page/page.js",
                "Open /page/pointer.js",
                "Open /page/server.js",
                "Open /page/server.json",
                "Open /page/unit.js",
                "Open /readyz",
                "Open /reference/favicon.svg",
                "Open /reference/scalar.aspnetcore.js",
                "Open /reference/scalar.js",
                "Open /reference/{documentName?}",
                "Open /v2/health/live",
                "Open /v2/health/ready",
                "Reflection /grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "Reflection /grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            ],
            rules.Order(StringComparer.Ordinal));
    }

    private static (string? Route, AccessRule? Rule)[] Endpoints(TestServer server) =>
    [
        .. server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => (endpoint.RoutePattern.RawText, endpoint.Metadata.GetMetadata<AccessAttribute>()?.Rule)),
    ];
}
