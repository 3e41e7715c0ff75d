using System.Net;
using System.Net.Sockets;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests.Hosting;

public sealed class FreeAddressesTests
{
    [Theory]
    [InlineData(SocketError.AccessDenied, 80, ". Ports below 1024 need more rights: choose another with --http-port.")]
    [InlineData(SocketError.AccessDenied, 8000, "")]
    [InlineData(SocketError.AddressNotAvailable, 8000, "")]
    [InlineData(SocketError.AddressAlreadyInUse, 8000, ". Stop the program that uses it, or choose another with --http-port.")]
    public void Describe_Failure_NamesThePortAndWhatToDo(SocketError error, int port, string remedy)
    {
        var failure = new SocketException((int)error);

        Assert.Equal(
            $"cannot listen on 0.0.0.0, port {port}: {failure.Message}{remedy}",
            FreeAddresses.Describe(failure, new IPEndPoint(IPAddress.Any, port), "--http-port"));
    }

    [Fact]
    public void Require_UnixSocketOfAnotherProgram_SaysSoAndLeavesIt()
    {
        using var directory = new TemporaryDirectory();
        var path = directory["socket"];
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();
        var options = new ListenerOptions { Address = IPAddress.Loopback, GrpcPort = 0, HttpPort = 0, UnixSocket = path };

        var exception = Assert.Throws<IOException>(() => FreeAddresses.Require(options));

        Assert.StartsWith($"cannot listen on {path}: ", exception.Message);
        Assert.EndsWith(". Stop the program that uses it, or choose another with --unix-socket.", exception.Message);
        Assert.True(Path.Exists(path));
    }
}
