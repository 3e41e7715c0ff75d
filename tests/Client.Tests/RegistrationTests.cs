using LeNetServe.Client.Tests.Fakes;
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
        Assert.NotEmpty(await client.ListModelsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AddLeNetServeClient_WrongOptions_FailsAtResolutionWithEveryFault()
    {
        await using var provider = new ServiceCollection().AddLeNetServeClient(options => options.MaxAttempts = 0).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<LeNetServeClient>);

        Assert.Equal(2, error.Failures.Count());
    }
}
