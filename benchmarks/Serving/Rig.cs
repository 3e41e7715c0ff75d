using LeNetServe.Runtime.Models;
using LeNetServe.V1;

namespace LeNetServe.Serving;

/// <summary>The parts of every measurement: the echo, the bare service, the server, the callers of each, and requests.</summary>
internal sealed class Rig : IDisposable
{
    private readonly Dictionary<(ServerProcess Server, int Connections), LoadGenerator> callers = [];

    /// <summary>The number of callers in the figures of throughput.</summary>
    public const int Callers = 32;

    public required string ServerDll { get; init; }

    /// <summary>Gets the model's version folder.</summary>
    public required string Model { get; init; }

    public required ServerProcess Echo { get; init; }

    /// <summary>Gets the service with nothing but the model in its handler.</summary>
    public required ServerProcess Bare { get; init; }

    public required ServerProcess Server { get; init; }

    /// <summary>Gets the same server with <c>Pipeline:MaxBatch=1</c>, which runs each call alone.</summary>
    public required ServerProcess Single { get; init; }

    /// <summary>Gets the server's settings that change while it runs.</summary>
    public required LiveSettings Settings { get; init; }

    public LoadGenerator ToEcho => CallersOf(Echo, LoadGenerator.FewConnections);

    public LoadGenerator ToBare => CallersOf(Bare, LoadGenerator.FewConnections);

    public LoadGenerator ToServer => CallersOf(Server, LoadGenerator.FewConnections);

    public LoadGenerator ToSingle => CallersOf(Single, LoadGenerator.FewConnections);

    public required ModelFacts Facts { get; init; }

    /// <summary>Gets the duration of each load.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the number of swaps.</summary>
    public required int Swaps { get; init; }

    /// <summary>Gets the name of the model.</summary>
    public string Name => Path.GetFileName(Path.GetDirectoryName(Model)!);

    /// <summary>Gets the folder of models that has the model.</summary>
    public string Repository => Path.GetDirectoryName(Path.GetDirectoryName(Model)!)!;

    /// <summary>Gets the callers of a server on so many connections. They are the same every time.</summary>
    public LoadGenerator CallersOf(ServerProcess server, int connections)
    {
        if (!callers.TryGetValue((server, connections), out var found))
            callers[(server, connections)] = found = new(server.Grpc, connections);
        return found;
    }

    /// <summary>Makes a request.</summary>
    public ClassifyRequest Request(LoadKind kind) => new() { Model = Name, Image = Images.Of(kind, Facts) };

    /// <summary>Starts all servers and warms them.</summary>
    public static async Task<Rig> StartAsync(string serverDll, string model, ModelFacts facts, bool quick)
    {
        var (name, repository) = (Path.GetFileName(Path.GetDirectoryName(model)!), Path.GetDirectoryName(Path.GetDirectoryName(model)!)!);
        var echo = await ServerProcess.EchoAsync(serverDll);
        var bare = await ServerProcess.BareAsync(serverDll, model);
        string[] settings = ["--Models:Mode", "explicit", "--Models:Load", name];
        var live = new LiveSettings();
        var server = await ServerProcess.ServeInAsync(live.Folder, serverDll, repository, pinned: true, settings);
        var single = await ServerProcess.ServeAsync(serverDll, repository, pinned: true, [.. settings, "--Pipeline:MaxBatch", "1"]);
        var rig = new Rig
        {
            ServerDll = serverDll,
            Model = model,
            Facts = facts,
            Echo = echo,
            Bare = bare,
            Server = server,
            Single = single,
            Settings = live,
            Seconds = quick ? 1 : 4,
            Swaps = quick ? 10 : 100,
        };
        foreach (var callers in new[] { rig.ToEcho, rig.ToBare, rig.ToSingle })
            await callers.WarmAsync(LoadKind.Pixels, rig.Request(LoadKind.Pixels), Callers);
        foreach (var kind in new[] { LoadKind.Pixels, LoadKind.Png, LoadKind.Stream })
            await rig.ToServer.WarmAsync(kind, rig.Request(kind), Callers);
        return rig;
    }

    public void Dispose()
    {
        foreach (var caller in callers.Values)
            caller.Dispose();
        Echo.Dispose();
        Bare.Dispose();
        Server.Dispose();
        Single.Dispose();
        Settings.Dispose();
    }
}
