namespace LeNetServe.InferenceServer.Configuration;

/// <summary>A key of the configuration, for <c>--help</c> and for finding misspelled keys.</summary>
/// <param name="Key">The key, such as <c>Models:Path</c>. The end <c>:*</c> stands for any name.</param>
/// <param name="Default">The value without configuration, as text.</param>
/// <param name="Allowed">The allowed values.</param>
/// <param name="Meaning">The meaning in one line.</param>
internal sealed record Setting(string Key, string Default, string Allowed, string Meaning)
{
    /// <summary>Gets the section of the key; empty for a key without a section.</summary>
    public string Section => Key.Contains(':') ? Key.Split(':')[0] : "";
}
