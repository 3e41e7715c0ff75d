namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>How a method is called.</summary>
internal enum MethodKind
{
    /// <summary>One message, one answer.</summary>
    Unary,

    /// <summary>One message, answers without end: the first is read.</summary>
    ServerStream,

    /// <summary>A stream of one message, and its answers.</summary>
    Duplex,
}
