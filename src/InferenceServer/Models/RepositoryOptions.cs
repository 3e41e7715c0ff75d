using System.Globalization;
using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Models;

/// <summary>The models and versions that are served.</summary>
internal sealed record RepositoryOptions
{
    /// <summary>The folder of models: <c>name/version/model.onnx</c>; or the folder of one model, with <c>model.onnx</c> in it.</summary>
    public required string Path { get; init; }

    /// <summary>The name of the one model whose file is in <see cref="Path"/> itself; its version is 1.</summary>
    public required string Name { get; init; }

    /// <summary>The times at which the folder is looked at.</summary>
    public RepositoryMode Mode { get; init; } = RepositoryMode.None;

    /// <summary>The time between two looks at the folder in mode poll. A version whose files changed within it has to rest first.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest time for opening a version or reading a folder, <see cref="Path"/> included. A file system that does not answer then
    /// fails that model, and the others are served.
    /// </summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The choice of a model's versions, unless <see cref="PolicyByModel"/> says otherwise.</summary>
    public VersionPolicy Policy { get; init; } = VersionPolicy.All;

    /// <summary>The choice of versions for particular models.</summary>
    public IReadOnlyDictionary<string, VersionPolicy> PolicyByModel { get; init; } = new Dictionary<string, VersionPolicy>();

    /// <summary>The names for versions, by model: <c>name@stable</c> then means that version.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Aliases { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, long>>();

    /// <summary>The models loaded at start in mode explicit; <c>*</c>: all.</summary>
    public IReadOnlyList<string> Load { get; init; } = [];

    /// <summary>Gets the policy of a model.</summary>
    public VersionPolicy PolicyOf(string model) => PolicyByModel.GetValueOrDefault(model, Policy);

    /// <summary>Gets a sentence for each setting about a model or a version that is not there.</summary>
    /// <param name="versions">The versions of each model.</param>
    public IEnumerable<string> Unmatched(IReadOnlyDictionary<string, IReadOnlyCollection<long>> versions) =>
    [
        .. Name == NameOf(Path) || versions.ContainsKey(Name) ? []
            : new[] { $"Models:Name has no effect: no {Runtime.Models.ModelFiles.ModelFileName} is in {Path} itself" },
        .. PolicyByModel.Keys.Where(name => !versions.ContainsKey(name)).Select(name =>
            $"Models:VersionsOf:{name} has no effect: no model has that name{NearestName.Hint(name, versions.Keys)}"),
        .. from model in Aliases
           from alias in model.Value
           where versions.GetValueOrDefault(model.Key)?.Contains(alias.Value) is not true
           select $"Models:Aliases:{model.Key}:{alias.Key} has no effect: " + (versions.ContainsKey(model.Key)
               ? $"the model has no version {alias.Value}"
               : $"no model has that name{NearestName.Hint(model.Key, versions.Keys)}"),
        .. versions.Where(model => model.Value.Count > 0 && PolicyOf(model.Key).Choose(model.Value).Count == 0).Select(model =>
            $"no version of model {Errors.Excerpt.Of(model.Key)} is chosen by Models:Versions, expected some of "
            + string.Join(", ", model.Value.Order())),
    ];

    public static RepositoryOptions Read(SettingsReader reader)
    {
        var path = reader.Path(
            "Models:Path", "models", "Folder of models, name/version/model.onnx, or of one model.onnx", "an existing folder")!;
        var defaults = new RepositoryOptions { Path = path, Name = NameOf(path) };
        var options = defaults with
        {
            Name = reader.Text("Models:Name", null, "Name of the model, if Models:Path itself has model.onnx; as the folder without it")
                ?? defaults.Name,
            Mode = reader.Choice(
                "Models:Mode",
                defaults.Mode,
                "When the folder is looked at: none = once at start, poll = regularly, explicit = when callers load or unload"),
            PollInterval = reader.Duration(
                "Models:PollInterval", defaults.PollInterval, TimeSpan.FromHours(1), "How often, in mode poll"),
            LoadTimeout = reader.Duration(
                "Models:LoadTimeout",
                defaults.LoadTimeout,
                TimeSpan.FromDays(1),
                "Longest time for opening a version or Models:Path"),
            Policy = ReadPolicy(
                reader, "Models:Versions", reader.Text("Models:Versions", "all", "Which versions are served", VersionPolicy.Allowed)!),
            PolicyByModel = reader.Table("Models:VersionsOf", VersionPolicy.Allowed, "The same for one model: Models:VersionsOf:NAME")
                .ToDictionary(entry => entry.Key, entry => ReadPolicy(reader, $"Models:VersionsOf:{entry.Key}", entry.Value)),
            Aliases = ReadAliases(reader),
            Load = reader.List("Models:Load", "Models loaded at start in mode explicit; * for all"),
        };
        if (!Exists(path, options.LoadTimeout))
            reader.Fault($"Models:Path is \"{path}\", expected an existing folder{NearestName.HintOfPath(path)}");
        if (options.PollInterval < TimeSpan.FromMilliseconds(10))
            reader.Fault($"Models:PollInterval is \"{options.PollInterval}\", expected 10ms at least");
        reader.Needs(options.Mode == RepositoryMode.Poll, "Models:Mode poll", "Models:PollInterval");
        reader.Needs(options.Mode == RepositoryMode.Explicit, "Models:Mode explicit",
            "Models:Load", "Security:ControlTokensFile", "Security:OpenControl");
        return options;
    }

    private static bool Exists(string path, TimeSpan limit)
    {
        try
        {
            return LoadingThreads.Within(limit, () => Directory.Exists(path));
        }
        catch (TimeoutException exception)
        {
            throw new IOException($"{path} does not answer: {exception.Message}");
        }
    }

    // A version's folder has a number, and its model the name.
    private static string NameOf(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Name.All(char.IsAsciiDigit) && folder.Parent is { } parent ? parent.Name : folder.Name;
    }

    private static VersionPolicy ReadPolicy(SettingsReader reader, string key, string text)
    {
        if (!VersionPolicy.TryParse(text, out var policy))
            reader.Fault($"{key} is \"{text}\", expected {VersionPolicy.Allowed}");
        return policy;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, long>> ReadAliases(SettingsReader reader)
    {
        var aliases = new Dictionary<string, Dictionary<string, long>>();
        const string Meaning = "A name for a version, Models:Aliases:NAME:ALIAS=VERSION, asked for as NAME@ALIAS";
        foreach (var (key, value) in reader.Table("Models:Aliases", "a version's number", Meaning))
            if (key.Split(':') is not [var model, { Length: > 0 } alias])
                reader.Fault($"Models:Aliases:{key} is not an alias, expected Models:Aliases:NAME:ALIAS=VERSION");
            else if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
                reader.Fault($"Models:Aliases:{key} is \"{value}\", expected a version's number");
            else if (!aliases.TryAdd(model, new(StringComparer.Ordinal) { [alias] = version }))
                aliases[model][alias] = version;
        return aliases.ToDictionary(entry => entry.Key, IReadOnlyDictionary<string, long> (entry) => entry.Value);
    }
}
