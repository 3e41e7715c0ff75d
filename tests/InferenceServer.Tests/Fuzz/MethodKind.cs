namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>The way a method is called.</summary>
internal enum MethodKind
{
    /// <summary>One message, one answer.</summary>
    Unary,

    /// <summary>One message and endless answers, of which the first is read.</summary>
    ServerStream,

    /// <summary>A stream of one message, and its answers.</summary>
    Duplex,
}
