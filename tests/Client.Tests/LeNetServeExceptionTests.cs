using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace LeNetServe.Client.Tests;

public sealed class LeNetServeExceptionTests
{
    public static TheoryData<Exception, string, bool> Connections => new()
    {
        { new HttpProtocolException(0xd, "HTTP_1_1_REQUIRED", null), "http://a has no HTTP/2 there: expected the gRPC port", false },
        { new AuthenticationException("Cannot determine the frame size"),
            "no TLS connection to http://a: the server does not speak TLS on this port, expected http://", false },
        { new AuthenticationException("UntrustedRoot"), "no TLS connection to http://a: UntrustedRoot", false },
        { new HttpRequestException("because the server did not complete the HTTP/2 handshake."),
            "http://a has no HTTP/2 there: expected the gRPC port", true },
        { new SocketException((int)SocketError.ConnectionRefused), "no server answers at http://a: ", true },
        { new IOException("ended"), "no answer", true },
    };

    [Theory]
    [MemberData(nameof(Connections))]
    public void From_FaultOfTheConnection_IsSaidInOneSentence(Exception cause, string expected, bool isTransient)
    {
        var status = new Status(StatusCode.Unavailable, "no answer", new HttpRequestException("outer", cause));

        var error = LeNetServeException.From(new RpcException(status), ["http://a"]);

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal((LeNetServeErrorKind.Unavailable, isTransient), (error.Kind, error.IsTransient));
    }
}
