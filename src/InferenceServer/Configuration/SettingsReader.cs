using System.Globalization;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace LeNetServe.InferenceServer.Configuration;

/// <summary>
/// Reads the configuration key by key. Collects every fault with key, value and allowed range, so that the user gets all faults in one
/// message. Remembers the keys, for <c>--help</c> and to reject unknown keys.
/// </summary>
/// <param name="configuration">The configuration, or a section of it.</param>
/// <param name="root">The whole configuration, which knows the files of the section; null when the configuration is not a section.</param>
internal sealed class SettingsReader(IConfiguration configuration, IConfigurationRoot? root = null)
{
    private const string ListOfSettings = "lenetserve-serve --help";
    private readonly List<string> faults = [];
    private readonly List<string> notes = [];
    private readonly List<Setting> settings = [];
    private readonly HashSet<string> removed = new(StringComparer.OrdinalIgnoreCase);
    private readonly string prefix = configuration is IConfigurationSection section ? section.Path + ConfigurationPath.KeyDelimiter : "";

    /// <summary>Gets every fault so far.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Gets a sentence for each configured key that changes nothing.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Gets every key read so far.</summary>
    public IReadOnlyList<Setting> Settings => settings;

    /// <summary>Adds a fault.</summary>
    public void Fault(string message) => faults.Add(message);

    /// <summary>Adds a note for each configured key of <paramref name="keys"/> if what gives it an effect is not there.</summary>
    public void Needs(bool isThere, string needed, params string[] keys)
    {
        if (!isThere)
            notes.AddRange(keys.Where(key => configuration.GetSection(key).AsEnumerable().Any(entry => entry.Value is { Length: > 0 }))
                .Select(key => $"{key} has no effect without {needed}"));
    }

    /// <summary>Adds a fault if a setting of an earlier version is configured.</summary>
    public void Removed(string key, string reason)
    {
        removed.Add(key);
        if (configuration[key] is not null)
            faults.Add($"{key} is not a setting anymore: {reason}");
    }

    /// <summary>Checks whether a key has a value.</summary>
    public bool Has(string key) => configuration[key] is { Length: > 0 };

    /// <summary>Gets the value of a key that is not a setting, such as a variable of the platform; null if it has no value.</summary>
    public string? ValueOf(string key) => configuration[key];

    /// <summary>Reads a text; null if it is not configured and <paramref name="value"/> is null.</summary>
    public string? Text(string key, string? value, string meaning, string allowed = "text")
    {
        settings.Add(new(key, value ?? "", allowed, meaning));
        if (configuration[key] is "")
            notes.Add($"{key} is empty and has no effect");
        return Has(key) ? configuration[key] : value;
    }

    /// <summary>
    /// Reads a path. A relative path in a file is relative to that file; on the command line and in the environment it is relative to the
    /// current folder.
    /// </summary>
    public string? Path(string key, string? value, string meaning, string allowed) =>
        Text(key, value, meaning, allowed) is { Length: > 0 } path ? System.IO.Path.GetFullPath(path, FolderOf(key)) : null;

    /// <summary>Reads an integer within bounds, both included.</summary>
    public int Integer(string key, int value, int min, int max, string meaning, string? defaultText = null) =>
        Parse(key, value, $"{min}..{max}", meaning, defaultText
            ?? value.ToString(CultureInfo.InvariantCulture), (string text, out int parsed) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out parsed) && parsed >= min && parsed <= max);

    /// <summary>Reads a 64-bit integer within bounds, both included.</summary>
    public long Long(string key, long value, long min, long max, string meaning) =>
        Parse(key, value, $"{min}..{max}", meaning, value.ToString(CultureInfo.InvariantCulture), (string text, out long parsed) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out parsed) && parsed >= min && parsed <= max);

    /// <summary>Reads true or false.</summary>
    public bool Flag(string key, bool value, string meaning) =>
        Parse(key, value, "true or false", meaning, value ? "true" : "false", bool.TryParse);

    /// <summary>Reads a duration such as <c>250us</c>, <c>20ms</c>, <c>5s</c>, <c>2m</c>, or <c>hh:mm:ss</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan value, TimeSpan max, string meaning) =>
        Parse(key, value, $"0..{Write(max)}, such as 250us, 20ms, 5s, 2m, 1h", meaning, Write(value), (string text, out TimeSpan parsed) =>
            TryParseDuration(text, out parsed) && parsed >= TimeSpan.Zero && parsed <= max);

    /// <summary>Reads one of an enum's names, in any case.</summary>
    public T Choice<T>(string key, T value, string meaning)
        where T : struct, Enum =>
        Parse(key, value, string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant(), meaning, value.ToString().ToLowerInvariant(),
            (string text, out T parsed) =>
            Enum.TryParse(text, ignoreCase: true, out parsed) && text.Equals(Enum.GetName(parsed), StringComparison.OrdinalIgnoreCase),
            Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant()));

    /// <summary>Reads a list: <c>a,b</c> in one value, or one value for each index.</summary>
    public IReadOnlyList<string> List(string key, string meaning)
    {
        settings.Add(new($"{key}:*", "", "names, separated by commas", meaning));
        var section = configuration.GetSection(key);
        return
        [
            .. (section.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            .. section.GetChildren().Select(child => child.Value).OfType<string>(),
        ];
    }

    /// <summary>Reads the values below a key, by their path below the key.</summary>
    public IReadOnlyDictionary<string, string> Table(string key, string allowed, string meaning)
    {
        settings.Add(new($"{key}:*", "", allowed, meaning));
        return configuration.GetSection(key).AsEnumerable(makePathsRelative: true)
            .Where(entry => entry is { Key: not "", Value: not null })
            .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Adds a fault for each configured key that is unknown.</summary>
    public void RejectUnknown()
    {
        var known = settings.Select(setting => setting.Key).ToArray();
        var sections = known.Select(key => key.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        foreach (var section in UnknownSections(sections))
            faults.Add($"{section} is not a setting{NearestName.Expected(section, sections, ListOfSettings)}");
        faults.AddRange(MisspelledVariables(known, sections));
        foreach (var section in sections)
            foreach (var (path, value) in configuration.GetSection(section).AsEnumerable())
            {
                var key = path[prefix.Length..];
                if (value is null || removed.Contains(key) || known.Any(each => IsKeyOf(key, each)))
                    continue;
                var expected = known.Where(each => each.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)).ToArray();
                faults.Add($"{key} is not a setting{NearestName.Expected(key, expected, ListOfSettings)}");
            }
    }

    /// <summary>
    /// Gets the unknown names at the top of the files; of the environment nothing, because it has the variables of all programs. An
    /// appsettings.json may be that of another program, so a name counts there if it is nearly one of ours.
    /// </summary>
    private IEnumerable<string> UnknownSections(IReadOnlyCollection<string> known)
    {
        var names = configuration is IConfigurationRoot whole
            ? whole.Providers.OfType<FileConfigurationProvider>().SelectMany(provider => provider.GetChildKeys([], null)
                .Where(name => provider.Source.Path?.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase) is false
                    || NearestName.Of(name, known) is not null))
            : configuration.GetChildren().Select(child => child.Key);
        return names.Distinct().Where(name => name[0] != '$' && !known.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Gets a fault for each variable of the environment that is nearly one of our settings. With <c>Securty__InferenceTokensFile</c> the
    /// server would be open to everyone.
    /// </summary>
    private IEnumerable<string> MisspelledVariables(string[] known, string[] sections) =>
        from provider in (configuration as IConfigurationRoot)?.Providers.OfType<EnvironmentVariablesConfigurationProvider>() ?? []
        from section in provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase)
        where !sections.Contains(section, StringComparer.OrdinalIgnoreCase) && NearestName.Of(section, sections) is not null
        from entry in configuration.GetSection(section).AsEnumerable()
        where entry.Value is not null && entry.Key.Contains(':')
        let nearest = NearestName.Of(entry.Key, known)
        where nearest is not null
        select $"the environment has {Variable(entry.Key)}, which is not a setting; did you mean {Variable(nearest)}?";

    private static string Variable(string key) => key.Replace(":", "__");

    private string FolderOf(string key)
    {
        var provider = (root ?? configuration as IConfigurationRoot)?.Providers
            .LastOrDefault(provider => provider.TryGet(prefix + key, out _));
        var file = provider is FileConfigurationProvider { Source: { FileProvider: { } files, Path: { } path } }
            ? files.GetFileInfo(path).PhysicalPath
            : null;
        return System.IO.Path.GetDirectoryName(file) ?? Environment.CurrentDirectory;
    }

    internal static bool TryParseDuration(string text, out TimeSpan duration)
    {
        foreach (var (unit, ticks) in new[] { ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond),
            ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour) })
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * ticks < long.MaxValue)
            {
                duration = TimeSpan.FromTicks((long)(number * ticks));
                return true;
            }
        duration = default;
        return text == "0" || (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration));
    }

    private static string Write(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1000 and > 0 } => $"{duration.TotalMilliseconds}ms",
        _ => $"{duration.TotalSeconds}s",
    };

    private static bool IsKeyOf(string key, string known) => known.EndsWith(":*", StringComparison.Ordinal)
        ? key.Equals(known[..^2], StringComparison.OrdinalIgnoreCase) || key.StartsWith(known[..^1], StringComparison.OrdinalIgnoreCase)
        : key.Equals(known, StringComparison.OrdinalIgnoreCase);

    private T Parse<T>(
        string key, T value, string allowed, string meaning, string defaultText, TryParse<T> parse, params string[] names)
    {
        settings.Add(new(key, defaultText, allowed, meaning));
        if (configuration[key] is not { } text)
            return value;
        if (parse(text, out var parsed))
            return parsed;
        faults.Add($"{key} is \"{text}\", expected {allowed}{NearestName.Hint(text, names)}");
        return value;
    }

    private delegate bool TryParse<T>(string text, out T parsed);
}
