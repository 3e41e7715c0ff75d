using System.Net.Sockets;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.Tests;
using Microsoft.Extensions.Configuration;

namespace LeNetServe.InferenceServer.Tests.Hosting;

public sealed class UnixSocketsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void RemoveStale_SocketOfAServerThatIsGone_IsRemoved()
    {
        var path = Bound(listens: false, out var socket);
        // .NET removes the file of a socket that it closes; a killed program cannot.
        File.Move(path, path + ".left");
        socket.Dispose();

        Assert.False(UnixSockets.IsSomethingElse(path + ".left"));
        UnixSockets.RemoveStale(path + ".left");

        Assert.False(Path.Exists(path + ".left"));
    }

    [Fact]
    public void RemoveStale_SocketThatIsListenedTo_Stays()
    {
        var path = Bound(listens: true, out var socket);
        using (socket)
        {
            UnixSockets.RemoveStale(path);
            Assert.True(Path.Exists(path));
        }
    }

    [Fact]
    public void RemoveStale_AnyOtherFile_Stays()
    {
        var (file, folder) = (directory["file"], Directory.CreateDirectory(directory["folder"]).FullName);
        File.WriteAllText(file, "precious");

        UnixSockets.RemoveStale(file);
        UnixSockets.RemoveStale(folder);
        UnixSockets.RemoveStale(directory["nothing"]);

        Assert.Equal("precious", File.ReadAllText(file));
        Assert.True(Directory.Exists(folder));
        Assert.False(UnixSockets.IsSomethingElse(directory["nothing"]));
    }

    [Fact]
    public void Read_PathOfAnotherFile_IsAFault()
    {
        File.WriteAllText(directory["file"], "precious");
        var reader = new SettingsReader(
            new ConfigurationBuilder().AddInMemoryCollection([new("Listen:UnixSocket", directory["file"])]).Build());

        ListenerOptions.Read(reader);

        Assert.Contains("is not a socket", Assert.Single(reader.Faults));
    }

    [Fact]
    public void Read_PathThatIsTooLongForASocket_IsAFault()
    {
        var path = directory[new string('s', UnixSockets.LongestPath)];
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection([new("Listen:UnixSocket", path)]).Build());

        ListenerOptions.Read(reader);

        var expected = $"Listen:UnixSocket has {path.Length} bytes, expected at most {UnixSockets.LongestPath}";
        Assert.Equal(expected, Assert.Single(reader.Faults));
    }

    [Theory]
    [InlineData("8500", "8500", "Listen:GrpcPort and Listen:HttpPort are both 8500, expected two ports")]
    [InlineData("0", "0", null)]
    public void Read_OnePortForBoth_IsAFaultUnlessTheSystemChooses(string grpc, string http, string? expected)
    {
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Listen:GrpcPort", grpc), new("Listen:HttpPort", http)]).Build());

        ListenerOptions.Read(reader);

        Assert.Equal(expected, reader.Faults.SingleOrDefault());
    }

    private string Bound(bool listens, out Socket socket)
    {
        var path = directory["socket"];
        socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (listens)
            socket.Listen();
        return path;
    }
}
