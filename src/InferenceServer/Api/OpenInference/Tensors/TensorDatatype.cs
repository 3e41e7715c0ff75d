namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>The protocol's element types.</summary>
internal enum TensorDatatype
{
    Invalid,
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
    Bf16,
    Bytes,
}
