namespace LeNetServe.Fuzz;

/// <summary>A reader of other people's bytes.</summary>
/// <param name="Name">The name, which is also that of the folder of its kept inputs.</param>
/// <param name="Parse">Reads bytes.</param>
/// <param name="Expected">The exceptions that tell the user of a fault in the bytes. Any other is a bug.</param>
internal sealed record Target(string Name, Action<byte[]> Parse, params Type[] Expected)
{
    /// <summary>Reads bytes, sound or not.</summary>
    public void Read(byte[] bytes)
    {
        try
        {
            Parse(bytes);
        }
        catch (Exception exception) when (Expected.Any(type => type.IsInstanceOfType(exception)))
        {
            // The bytes are at fault, and the reader says so.
        }
    }
}
