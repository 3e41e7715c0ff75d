using LeNetServe.Client.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeNetServe.Client.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task AddLeNetServeClient_AUrl_ResolvesOneClientThatWorks()
    {
        await using var server = await FakeServer.Start();
        await using var provider = new ServiceCollection().AddLeNetServeClient(server.Url).BuildServiceProvider();

        var client = provider.GetRequiredService<LeNetServeClient>();

        Assert.Same(client, provider.GetRequiredService<LeNetServeClient>());
        Assert.Same(client, provider.GetRequiredService<ILeNetServeClient>());
        Assert.NotEmpty(await client.ListModelsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AddLeNetServeClient_WrongOptions_FailsAtResolutionWithEveryFault()
    {
        await using var provider = new ServiceCollection().AddLeNetServeClient(options => options.MaxAttempts = 0).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<LeNetServeClient>);

        Assert.Equal(2, error.Failures.Count());
    }

    [Fact]
    public async Task AddLeNetServeClient_ASection_TakesEveryValueAndLeavesOtherDefaults()
    {
        var section = Section(
            ("Urls:0", "http://a:8001"), ("Urls:1", "http://b:8001"), ("DefaultModel", "digits"),
            ("Timeout", "00:00:05"), ("Hedging:Delay", "00:00:00.020"));
        await using var provider = new ServiceCollection().AddLeNetServeClient(section).BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<LeNetServeClientOptions>>().Value;

        Assert.Equal(["http://a:8001", "http://b:8001"], options.Urls);
        Assert.Equal("digits", options.DefaultModel);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(20), options.Hedging!.Delay);
        Assert.Equal(new LeNetServeClientOptions().MaxAttempts, options.MaxAttempts);
    }

    [Fact]
    public async Task AddLeNetServeClient_AKeyThatIsUnknown_IsAnErrorThatNamesTheKey()
    {
        var section = Section(("Urls:0", "http://a:8001"), ("TimeOutSeconds", "5"));
        await using var provider = new ServiceCollection().AddLeNetServeClient(section).BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ILeNetServeClient>);

        Assert.Contains("TimeOutSeconds", error.Message);
    }

    private static IConfiguration Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, string? (pair) => pair.Value)).Build();
}
