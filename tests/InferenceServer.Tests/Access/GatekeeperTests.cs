using LeNetServe.InferenceServer.Access;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;
using LeNetServe.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class GatekeeperTests : IDisposable
{
    private const string Good = "good-token-0123456789";
    private const string Bad = "wrong-token-0123456789";
    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = new();
    private readonly ServerMetrics metrics = new(TimeProvider.System, true);

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(AccessRule.Open, null, 200)]
    [InlineData(AccessRule.Inference, null, 401)]
    [InlineData(AccessRule.Inference, Bad, 401)]
    [InlineData(AccessRule.Inference, Good, 200)]
    [InlineData(AccessRule.Control, Good, 403)]
    [InlineData(AccessRule.Metrics, null, 200)]
    [InlineData(AccessRule.Reflection, null, 200)]
    public async Task InvokeAsync_InferenceTokens_AppliesTheEndpointsRule(object rule, string? token, int expected) =>
        Assert.Equal(expected, await StatusAsync(new() { InferenceTokensFile = Tokens(Good) }, (AccessRule)rule, token));

    [Fact]
    public async Task InvokeAsync_NoEndpoint_NeedsWhatAModelNeeds() =>
        Assert.Equal(401, await StatusAsync(new() { InferenceTokensFile = Tokens(Good) }, null, null));

    [Theory]
    [InlineData(false, 403)]
    [InlineData(true, 200)]
    public async Task InvokeAsync_ControlWithoutTokens_IsClosedUnlessOpened(bool open, int expected) =>
        Assert.Equal(expected, await StatusAsync(new() { OpenControl = open }, AccessRule.Control, null));

    [Theory]
    [InlineData(EndpointAccess.Closed, 404)]
    [InlineData(EndpointAccess.Token, 401)]
    [InlineData(EndpointAccess.Open, 200)]
    public async Task InvokeAsync_MetricsAccess_DecidesOnMetrics(object access, int expected)
    {
        var options = new SecurityOptions { Metrics = (EndpointAccess)access, InferenceTokensFile = Tokens(Good) };

        Assert.Equal(expected, await StatusAsync(options, AccessRule.Metrics, null));
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("")]
    public async Task InvokeAsync_HeaderWithoutToken_IsUnauthenticated(string header) =>
        Assert.Equal(401, await StatusAsync(new() { InferenceTokensFile = Tokens(Good) }, AccessRule.Inference, null, header));

    [Theory]
    [InlineData(4096, 200)]
    [InlineData(4097, 401)]
    public async Task InvokeAsync_HeaderOfLongestLength_IsTheLastThatIsRead(int length, int expected)
    {
        var token = new string('t', length - "Bearer ".Length);

        Assert.Equal(expected, await StatusAsync(new() { InferenceTokensFile = Tokens(token) }, AccessRule.Inference, token));
    }

    [Fact]
    public async Task InvokeAsync_Rejected_IsCountedByItsReason()
    {
        await StatusAsync(new() { InferenceTokensFile = Tokens(Good) }, AccessRule.Inference, Bad);
        var options = new SecurityOptions { RateLimit = new() { CallsPerSecond = 1, Burst = 1 } };
        using var gatekeeper = Create(options);
        await gatekeeper.InvokeAsync(Request(AccessRule.Inference, null));
        var second = Request(AccessRule.Inference, null);
        await gatekeeper.InvokeAsync(second);

        Assert.Equal(429, second.Response.StatusCode);
        Assert.Equal("1", second.Response.Headers.RetryAfter);
        Assert.Equal(1, metrics.Unresolved[RequestOutcome.Denied]?.Request.Read().Count);
        Assert.Equal(1, metrics.Unresolved[RequestOutcome.Refused]?.Request.Read().Count);
    }

    /// <summary>An address that guesses tokens waits for each further answer; its sound tokens do not.</summary>
    [Fact]
    public async Task InvokeAsync_ManyWrongTokensOfAnAddress_AreAnsweredLater()
    {
        using var gatekeeper = Create(new() { InferenceTokensFile = Tokens(Good) });
        // The allowance grows by one a second, so that more guesses than that are late, however slow the machine is.
        var guesses = Enumerable.Range(0, 200).Select(_ =>
        {
            var context = Request(AccessRule.Inference, $"Bearer {Bad}");
            return (Context: context, Answer: gatekeeper.InvokeAsync(context));
        }).ToArray();
        var late = guesses.Where(guess => !guess.Answer.IsCompleted).ToArray();
        Assert.InRange(late.Length, 1, 190);

        var sound = Request(AccessRule.Inference, $"Bearer {Good}");
        await gatekeeper.InvokeAsync(sound);
        Assert.Equal(200, sound.Response.StatusCode);

        time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(guesses.Select(guess => guess.Answer));
        Assert.All(guesses, guess => Assert.Equal(401, guess.Context.Response.StatusCode));
    }

    private async Task<int> StatusAsync(SecurityOptions options, AccessRule? rule, string? token, string? header = null)
    {
        using var gatekeeper = Create(options);
        var context = Request(rule, header ?? (token is null ? null : $"Bearer {token}"));
        await gatekeeper.InvokeAsync(context);
        return context.Response.StatusCode;
    }

    private Gatekeeper Create(SecurityOptions options)
    {
        var log = new SecurityLog(NullLogger<SecurityLog>.Instance);
        return new(
            _ => Task.CompletedTask,
            options,
            new(options, time, log, metrics),
            time,
            log,
            new(metrics, time, NullLogger<ClientFaults>.Instance),
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
    }

    private static DefaultHttpContext Request(AccessRule? rule, string? authorization)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        if (rule is { } stated)
            context.SetEndpoint(new(null, new(new AccessAttribute(stated)), "test"));
        if (authorization is not null)
            context.Request.Headers.Authorization = authorization;
        return context;
    }

    private string Tokens(params string[] lines)
    {
        File.WriteAllLines(directory["tokens"], lines);
        return directory["tokens"];
    }
}
