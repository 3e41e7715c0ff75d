using System.Net.Http.Json;
using System.Text.Json;
using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Tests.Api.Page;
using LeNetServe.V1;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace LeNetServe.InferenceServer.Tests.Api.Reference;

public sealed class ReferenceTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenApi_EveryRoute_IsDescribedWithItsAccess()
    {
        await using var server = await TestServer.StartAsync();
        var paths = (await DocumentAsync(server)).GetProperty("paths");

        // Without features of Triton that are "not supported", and without the GET that says that a classification needs POST.
        var routes = (
            from endpoint in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
            where (route + "/").StartsWith("/v1/", StringComparison.Ordinal) || (route + "/").StartsWith("/v2/", StringComparison.Ordinal)
            where !route.Contains("sharedmemory") && !route.EndsWith("/trace/setting", StringComparison.Ordinal) && route != "/v2/logging"
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            where !(method == "GET" && route.Contains("}:"))
            let rule = endpoint.Metadata.GetMetadata<AccessAttribute>()!.Rule
            select (Route: route, Method: method.ToLowerInvariant(), Rule: rule)).Distinct().ToArray();

        Assert.Equal(
            routes.Select(route => route.Route).Distinct().Order(StringComparer.Ordinal),
            paths.EnumerateObject().Select(path => path.Name).Except(["/livez", "/readyz"]).Order(StringComparer.Ordinal));
        Assert.Equal(30, routes.Length);
        foreach (var (route, method, rule) in routes)
        {
            var operation = paths.GetProperty(route).GetProperty(method);
            var security = operation.TryGetProperty("security", out var own) ? own.GetRawText().Replace(" ", "") : "inherited";
            Assert.Equal(
                rule switch { AccessRule.Open => "[]", AccessRule.Control => """[{"token":[]}]""", _ => "inherited" }, security);
        }
    }

    [Fact]
    public async Task OpenApi_Version_IsThatOfTheProduct()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(ProductVersion.Text, (await DocumentAsync(server)).GetProperty("info").GetProperty("version").GetString());
        Assert.Matches("^[0-9]+[.][0-9]+[.][0-9]+$", ProductVersion.Text);
    }

    [Fact]
    public async Task OpenApi_EveryMessage_HasItsFields()
    {
        await using var server = await TestServer.StartAsync();
        var schemas = (await DocumentAsync(server)).GetProperty("components").GetProperty("schemas");

        foreach (var message in ClassifierReflection.Descriptor.MessageTypes.Where(message => !message.Name.Contains("Stream",
            StringComparison.Ordinal) && message.Fields.InDeclarationOrder().Count > 0
            && message.Name is not ("GetModelRequest" or "CheckGoldenRequest")))
            Assert.Equal(
                message.Fields.InDeclarationOrder().Select(field => field.JsonName).Order(StringComparer.Ordinal),
                Properties(schemas, message.Name));
    }

    [Theory]
    [InlineData("/v2", "ServerMetadata")]
    [InlineData("/v2/models/tiny", "ModelMetadata")]
    public async Task OpenApi_AnswersOfTheProtocol_HaveTheirProperties(string path, string schema)
    {
        await using var server = await TestServer.StartAsync();
        var schemas = (await DocumentAsync(server)).GetProperty("components").GetProperty("schemas");

        var answer = await server.Http.GetFromJsonAsync<JsonElement>(path, Cancel);

        Assert.Equal(
            answer.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal), Properties(schemas, schema));
    }

    [Fact]
    public async Task OpenApi_References_ResolveWithinTheDocument()
    {
        await using var server = await TestServer.StartAsync();
        var document = await DocumentAsync(server);

        var references = References(document).Distinct().ToArray();

        Assert.NotEmpty(references);
        foreach (var reference in references)
        {
            var target = document;
            Assert.All(reference.TrimStart('#', '/').Split('/'), name => Assert.True(target.TryGetProperty(name, out target), reference));
        }
    }

    /// <summary>The browser reports each request to another host as a fault, and the page's policy forbids it.</summary>
    [Fact]
    public async Task Page_InABrowser_ShowsTheCallsWithoutAnotherHost()
    {
        await using var server = await TestServer.StartAsync();
        await using var page = await browser.OpenAsync(server.HttpAddress);

        await page.Tab.GotoAsync($"{server.HttpAddress}/reference");

        // Sections below the first open when they are clicked.
        await Assertions.Expect(page.Tab.Locator("body")).ToContainTextAsync("/v1/models/{model}:classify", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Tab.Locator("body")).ToContainTextAsync("Open Inference Protocol");
    }

    [Fact]
    public async Task Page_SwitchedOff_IsNotThere()
    {
        await using var server = await TestServer.StartAsync("--Page=off");

        Assert.Equal(404, (int)(await server.Http.GetAsync("/reference", Cancel)).StatusCode);
    }

    private static Task<JsonElement> DocumentAsync(TestServer server) =>
        server.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancel);

    private static IEnumerable<string> Properties(JsonElement schemas, string name) =>
        schemas.GetProperty(name).GetProperty("properties").EnumerateObject()
            .Select(property => property.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
