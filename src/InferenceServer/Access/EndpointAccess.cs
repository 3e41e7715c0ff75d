namespace LeNetServe.InferenceServer.Access;

/// <summary>Who may use an endpoint that is no model.</summary>
internal enum EndpointAccess
{
    /// <summary>Anyone.</summary>
    Open,

    /// <summary>Who may call models.</summary>
    Token,

    /// <summary>Nobody.</summary>
    Closed,
}
