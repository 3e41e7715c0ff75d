namespace LeNetServe.Tensors;

/// <summary>Element types of stored tensors, named as in safetensors.</summary>
public enum TensorType
{
    /// <summary>Byte.</summary>
    U8,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit float.</summary>
    F64,
}
