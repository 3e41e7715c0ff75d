using System.Text;
using System.Text.Json;

namespace LeNetServe.InferenceServer.Configuration;

/// <summary>Writes a commented file of all settings with their defaults. Every setting is commented out.</summary>
internal static class SettingsSample
{
    public static string Write(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder("""
            // All settings of the LeNetServe inference server with their defaults: lenetserve-serve --config server.json
            // Remove the slashes before a setting to change it. Relative paths are relative to this file.
            {

            """);
        foreach (var section in settings.GroupBy(setting => setting.Section))
        {
            var isTop = section.Key.Length == 0;
            if (!isTop)
                text.Append("  \"").Append(section.Key).Append("\": {\n");
            foreach (var setting in section)
                Append(text, isTop ? "  " : "    ", setting, isTop ? setting.Key : setting.Key[(section.Key.Length + 1)..]);
            text.Append(isTop ? "\n" : "  },\n");
        }
        return text.Append("}\n").ToString();
    }

    private static void Append(StringBuilder text, string indent, Setting setting, string key)
    {
        var value = setting.Default is "true" or "false" || long.TryParse(setting.Default, out _)
            ? setting.Default
            : JsonSerializer.Serialize(setting.Default);
        text.Append(indent).Append("// ").Append(setting.Meaning).Append(": ").Append(setting.Allowed).Append(".\n");
        text.Append(indent).Append("// \"").Append(key.Replace(":*", "")).Append("\": ").Append(value).Append(",\n");
    }
}
