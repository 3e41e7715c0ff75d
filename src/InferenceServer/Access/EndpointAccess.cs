namespace LeNetServe.InferenceServer.Access;

/// <summary>Access to an operational endpoint.</summary>
internal enum EndpointAccess
{
    /// <summary>Everybody has access.</summary>
    Open,

    /// <summary>Access needs an inference token.</summary>
    Token,

    /// <summary>The endpoint is closed.</summary>
    Closed,
}
