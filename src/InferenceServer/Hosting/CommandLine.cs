using System.Text.RegularExpressions;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The parsed command line: a folder of models, options with short names, and settings under their own names (<c>--Section:Key value</c>).
/// </summary>
internal sealed class CommandLine
{
    // Keys of the host, which are not settings of the server.
    private static readonly string[] HostKeys = ["environment", "contentRoot"];

    private readonly Dictionary<string, string?> actions = [];
    private readonly Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> typed = new(StringComparer.OrdinalIgnoreCase);

    private CommandLine()
    {
    }

    /// <summary>Gets the settings of the command line by key.</summary>
    public IReadOnlyDictionary<string, string?> Settings => settings;

    /// <summary>Parses the arguments.</summary>
    /// <exception cref="ExpectedException">An argument is wrong (<see cref="ExitCode.Usage"/>).</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        var words = new Queue<string>(args);
        while (words.TryDequeue(out var word))
            line.Take(word == "-h" ? "--help" : word, words);
        return line;
    }

    /// <summary>Gets a value indicating whether an action, such as <c>--check</c>, is on the command line.</summary>
    public bool Has(string action) => actions.ContainsKey(action);

    /// <summary>Gets the value of an action, such as <c>--config</c>; null if it is not on the command line.</summary>
    public string? ValueOf(string action) => actions.GetValueOrDefault(action);

    /// <summary>Names the option that the user typed, such as <c>--grpc-port</c>, in a message about its setting.</summary>
    public string InOptionWords(string message) => typed.Aggregate(message, (text, pair) =>
        // A key without a section is an ordinary word, which a message may have in its middle too.
        Regex.Replace(text, $@"{(pair.Key.Contains(':') ? @"(?<![\w:])" : "^")}{Regex.Escape(pair.Key)}(?![\w:])", pair.Value));

    /// <summary>Rejects settings of unknown sections. The reader rejects unknown keys of known sections.</summary>
    /// <exception cref="ExpectedException">A setting is unknown (<see cref="ExitCode.Usage"/>).</exception>
    public void RejectUnknown(IEnumerable<string> known)
    {
        var keys = known.ToArray();
        var sections = keys.Select(key => key.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var key in settings.Keys)
            if (!sections.Contains(key.Split(':')[0]) && !HostKeys.Contains(key))
                throw Unknown($"--{key}", keys.Select(each => $"--{each}"));
    }

    private void Take(string word, Queue<string> rest)
    {
        if (!word.StartsWith('-') && !word.Contains('='))
        {
            if (word.Length == 0)
                throw ExpectedException.Usage("MODELS is empty, expected a folder of models");
            if (!settings.TryAdd("Models:Path", word))
                throw ExpectedException.Usage(
                    $"\"{word}\" is not expected beside \"{settings["Models:Path"]}\", expected one folder of models"
                    + NearestName.Hint($"--{word}", ServerOption.All.Select(each => each.Name)));
            typed["Models:Path"] = "MODELS";
            return;
        }
        var parts = word.Split('=', 2);
        var option = ServerOption.All.FirstOrDefault(option => option.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        var key = parts[0].TrimStart('-', '/');
        var isSetting = key.Contains(':') || ServerOption.All.Any(each => each.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (option is null && !isSetting && !HostKeys.Contains(key))
            throw Unknown(parts[0], ServerOption.All.Select(each => each.Name));
        if (option is { Value: "" })
        {
            actions[option.Name] = parts.Length == 1 ? "" : throw ExpectedException.Usage($"{option.Name} takes no value");
            return;
        }
        var value = parts.Length == 2 ? parts[1] : rest.TryDequeue(out var next) ? next : null;
        if (value is null || (parts.Length == 1 && value.StartsWith("--", StringComparison.Ordinal)))
            throw ExpectedException.Usage($"{parts[0]} needs a value{(option is null ? "" : $": {option.Value}, {option.Meaning}")}");
        // Such as of a variable that is not set. Without its file of tokens the server would be open to everyone.
        if (value.Length == 0)
            throw ExpectedException.Usage($"{parts[0]} is empty, expected {option?.Value ?? "a value"}");
        if (option is { Key: "" })
            actions[option.Name] = value;
        else
        {
            settings[option?.Key ?? key] = value;
            typed[option?.Key ?? key] = parts[0];
        }
    }

    private static ExpectedException Unknown(string word, IEnumerable<string> names) =>
        ExpectedException.Usage($"{word} is not an option{NearestName.Hint(word, names)}");
}
