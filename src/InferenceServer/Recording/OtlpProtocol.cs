namespace LeNetServe.InferenceServer.Recording;

/// <summary>The protocol of an OTLP collector.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,

    /// <summary>HTTP with protobuf bodies, usually port 4318.</summary>
    Http,
}
