namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Names and sizes of <see cref="TensorDatatype"/>.</summary>
internal static class TensorDatatypes
{
    /// <summary>Parses the protocol's name of a type; <see cref="TensorDatatype.Invalid"/> for an unknown name.</summary>
    public static TensorDatatype Parse(string name) => name switch
    {
        "FP32" => TensorDatatype.Fp32,
        "UINT8" => TensorDatatype.UInt8,
        "BYTES" => TensorDatatype.Bytes,
        "BOOL" => TensorDatatype.Bool,
        "UINT16" => TensorDatatype.UInt16,
        "UINT32" => TensorDatatype.UInt32,
        "UINT64" => TensorDatatype.UInt64,
        "INT8" => TensorDatatype.Int8,
        "INT16" => TensorDatatype.Int16,
        "INT32" => TensorDatatype.Int32,
        "INT64" => TensorDatatype.Int64,
        "FP16" => TensorDatatype.Fp16,
        "FP64" => TensorDatatype.Fp64,
        "BF16" => TensorDatatype.Bf16,
        _ => TensorDatatype.Invalid,
    };

    /// <summary>Gets the number of bytes of one element; 0 for <see cref="TensorDatatype.Bytes"/> and an unknown type.</summary>
    public static int Size(this TensorDatatype datatype) => datatype switch
    {
        TensorDatatype.Bool or TensorDatatype.UInt8 or TensorDatatype.Int8 => 1,
        TensorDatatype.UInt16 or TensorDatatype.Int16 or TensorDatatype.Fp16 or TensorDatatype.Bf16 => 2,
        TensorDatatype.UInt32 or TensorDatatype.Int32 or TensorDatatype.Fp32 => 4,
        TensorDatatype.UInt64 or TensorDatatype.Int64 or TensorDatatype.Fp64 => 8,
        _ => 0,
    };
}
