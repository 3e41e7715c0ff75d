namespace LeNetServe.Imaging;

/// <summary>A picture cannot be used. The message says what was found and what was expected; the caller adds the picture's name.</summary>
public sealed class ImageException(ImageFault fault, string message) : Exception(message)
{
    /// <summary>The reason, for programs.</summary>
    public ImageFault Fault { get; } = fault;

    /// <summary>The reason as a stable word for tables and messages, such as <c>unknown_format</c>.</summary>
    public string FaultName => Fault switch
    {
        ImageFault.UnknownFormat => "unknown_format",
        ImageFault.Truncated => "truncated",
        ImageFault.Damaged => "damaged",
        ImageFault.TooLarge => "too_large",
        ImageFault.WrongSize => "wrong_size",
        _ => throw new InvalidOperationException($"no name for {Fault}"),
    };
}
