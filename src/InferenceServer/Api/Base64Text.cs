using System.Buffers.Text;
using System.Text.Json;

namespace LeNetServe.InferenceServer.Api;

/// <summary>Reads base64 in JSON, as ProtoJSON accepts it: either alphabet, with or without padding, and with line breaks.</summary>
internal static class Base64Text
{
    /// <summary>Decodes a JSON string; null if it is not base64.</summary>
    /// <exception cref="InvalidOperationException">The element is not a string of valid UTF-16.</exception>
    public static byte[]? Decode(JsonElement text)
    {
        if (text.TryGetBytesFromBase64(out var bytes))
            return bytes;
        var letters = text.GetString()!.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        return Base64Url.IsValid(letters) ? Base64Url.DecodeFromChars(letters) : null;
    }
}
