namespace LeNetServe.InferenceServer.Recording;

/// <summary>How an OTLP collector speaks.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,

    /// <summary>HTTP with protobuf bodies, usually port 4318.</summary>
    Http,
}
