using System.Security.Authentication;
using Grpc.Core;
using LeNetServe.BatchScorer.Models;
using LeNetServe.Client;

namespace LeNetServe.BatchScorer.Tests.Models;

public sealed class ServerPatienceTests
{
    public static TheoryData<Exception, string> WrongAddresses => new()
    {
        { new HttpProtocolException(0xd, "HTTP_1_1_REQUIRED", null),
            "http://a: this port speaks HTTP/1.1, expected the server's gRPC port" },
        { new AuthenticationException("Cannot determine the frame size"), "http://a: the server does not speak TLS on this port" },
        { new HttpIOException(HttpRequestError.ResponseEnded, "ended"), "http://a: no HTTP/2 on this port: expected https://" },
        { new HttpRequestException("because the server did not complete the HTTP/2 handshake."),
            "http://a: no HTTP/2 on this port: expected https://" },
        { new AuthenticationException("UntrustedRoot"), "http://a: no answer (UntrustedRoot)" },
    };

    [Theory]
    [MemberData(nameof(WrongAddresses))]
    public async Task TryAsync_WrongPortOrScheme_IsSaidInOneSentence(Exception cause, string expected)
    {
        var status = new Status(StatusCode.Unavailable, "no answer", new HttpRequestException("outer", cause));
        var patience = new ServerPatience(TimeSpan.Zero, TimeProvider.System, TextWriter.Null);

        var error = await Assert.ThrowsAsync<LeNetServeException>(() => patience.TryAsync<int>(
            () => throw new LeNetServeException(LeNetServeErrorKind.Unavailable, "no answer", new RpcException(status)),
            "http://a", TestContext.Current.CancellationToken));

        Assert.StartsWith(expected, error.Message);
    }

    [Fact]
    public async Task TryAsync_PortOfHttp11_IsNotWaitedFor()
    {
        var status = new Status(StatusCode.Unavailable, "no answer", new HttpProtocolException(0xd, "HTTP_1_1_REQUIRED", null));
        var calls = 0;
        var patience = new ServerPatience(TimeSpan.FromMinutes(1), TimeProvider.System, TextWriter.Null);

        await Assert.ThrowsAsync<LeNetServeException>(() => patience.TryAsync<int>(
            () =>
            {
                calls++;
                throw new LeNetServeException(LeNetServeErrorKind.Unavailable, "no answer", new RpcException(status));
            },
            "http://a", TestContext.Current.CancellationToken));

        Assert.Equal(1, calls);
    }
}
