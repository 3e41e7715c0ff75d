using System.Security.Cryptography;
using System.Text;
using LeNetServe.Files;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Reads a file of bearer tokens. Only their hashes remain in memory.</summary>
internal static class TokenFile
{
    private const string HashPrefix = "sha256:";
    private const int ShortestToken = 16;
    private const int LargestFile = 1 << 20;

    /// <summary>Reads the SHA-256 of each token.</summary>
    /// <param name="path">The file.</param>
    /// <param name="allowsNone">True accepts a file without tokens: all are revoked.</param>
    /// <exception cref="InvalidDataException">The file has no token, a token is too short, or a hash is not a SHA-256.</exception>
    public static byte[][] Read(string path, bool allowsNone = false)
    {
        var hashes = new List<byte[]>();
        var number = 0;
        foreach (var line in RegularFile.ReadAllText(path, LargestFile).Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            hashes.Add(line.StartsWith(HashPrefix, StringComparison.Ordinal)
                ? ReadHash(path, number, line[HashPrefix.Length..])
                : Hash(path, number, line));
        }
        return hashes.Count > 0 || allowsNone ? [.. hashes] : throw new InvalidDataException($"{path} has no token, expected one a line");
    }

    private static byte[] Hash(string path, int line, string token) =>
        token.Length >= ShortestToken
            ? SHA256.HashData(Encoding.UTF8.GetBytes(token))
            : throw new InvalidDataException(
                $"{path}, line {line}: a token of {token.Length} characters, expected {ShortestToken} or more (try: openssl rand -hex 32)");

    private static byte[] ReadHash(string path, int line, string hash)
    {
        try
        {
            if (Convert.FromHexString(hash) is { Length: SHA256.HashSizeInBytes } bytes)
                return bytes;
        }
        catch (FormatException)
        {
            // Reported below.
        }
        throw new InvalidDataException($"{path}, line {line}: not a SHA-256, expected sha256: and 64 hexadecimal digits");
    }
}
