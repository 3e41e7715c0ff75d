using System.Security.Cryptography;
using System.Text;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Checks bearer tokens, in a time that does not depend on the tokens.</summary>
internal sealed class BearerTokens(ReloadedFile<byte[][]> hashes) : IDisposable
{
    private const string Scheme = "Bearer ";
    private const int LongestToken = 4096;

    /// <summary>Gets the number of valid tokens.</summary>
    public int Count => hashes.Current.Length;

    /// <summary>Gets whether the file cannot be read.</summary>
    public bool IsStale => hashes.IsStale;

    /// <summary>
    /// Checks whether the header <c>Authorization</c> has one of the tokens. Returns a short name of the token, which is not secret.
    /// </summary>
    public bool Allows(string? authorization, out string client)
    {
        client = "";
        if (authorization is null || authorization.Length > LongestToken
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var token = authorization.AsSpan(Scheme.Length).Trim();
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestToken)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        var known = false;
        foreach (var each in hashes.Current)
            known |= CryptographicOperations.FixedTimeEquals(hash, each);
        if (known)
            client = Convert.ToHexStringLower(hash[..6]);
        return known;
    }

    public void Dispose() => hashes.Dispose();
}
